package io.brpc.testing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Every call made and every handler run, in both directions. It proves that each call
 * ended exactly once with a status, that no handler ran twice for one call, that each
 * call which ended well had its handler run, and that every handler run ended. Calls are
 * told apart by a number in their metadata.
 * <p>
 * A call whose books are in order is only counted; whatever comes for it later opens a
 * new entry, which never gets in order. So a test may run for hours.
 * <p>
 * {@link #caller()} goes on every channel, {@link #handler()} on every server; both may
 * be shared by any number of them. Safe for use by any thread.
 */
public final class Ledger {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Map<String, Entry> entries = new ConcurrentHashMap<>();

	private final AtomicInteger callCount = new AtomicInteger();

	private final AtomicLong settled = new AtomicLong();

	private final CallEvents events = new Events();

	private final CallWatch watch = new CallWatch("", this.events);

	/**
	 * Returns what numbers calls and records their ends.
	 * @return an interceptor for the calling side
	 */
	public ClientInterceptor caller() {
		return this.watch.caller();
	}

	/**
	 * Returns what records that handlers run and end.
	 * @return an interceptor for the serving side
	 */
	public ServerInterceptor handler() {
		return this.watch.handler();
	}

	/**
	 * Returns what watches the calls and handlers of this JVM.
	 * @return the source of {@link #caller()} and {@link #handler()}
	 */
	CallWatch watch() {
		return this.watch;
	}

	/**
	 * Opens the part of another process.
	 * @return told what happens there
	 */
	Part part() {
		return new Part();
	}

	/**
	 * Returns how many calls were made.
	 * @return the number
	 */
	public int callCount() {
		return this.callCount.get();
	}

	/**
	 * Returns how the calls ended that have.
	 * @return how many there are of each status
	 */
	public Map<Status.Code, Integer> outcomes() {
		Map<Status.Code, Integer> outcomes = new TreeMap<>();
		if (this.settled.get() > 0) {
			outcomes.put(Status.Code.OK, this.settled.intValue());
		}
		for (Entry entry : this.entries.values()) {
			entry.ends.forEach((end) -> outcomes.merge(end.getCode(), 1, Integer::sum));
		}
		return outcomes;
	}

	/**
	 * Returns how many calls ended well so far.
	 * @return the number
	 */
	public int okCount() {
		return outcomes().getOrDefault(Status.Code.OK, 0);
	}

	/**
	 * Waits until all calls and handlers have ended, and checks the books.
	 */
	public void verify() {
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(this.entries.values()).as("calls and handlers that did not end")
				.allMatch(Entry::hasEnded));
		for (Entry entry : this.entries.values()) {
			assertThat(entry.calls).as("starts of the call %s", entry).hasValue(1);
			assertThat(entry.ends).as("ends of the call %s", entry).hasSize(1);
			assertThat(entry.handlerRuns).as("handler runs of the call %s", entry).hasValueLessThan(2);
			if (Objects.requireNonNull(entry.ends.peek()).isOk()) {
				assertThat(entry.handlerRuns).as("handler runs of the call %s", entry).hasValue(1);
			}
			assertThat(entry.handlerEnds).as("handler ends of the call %s", entry).hasValue(entry.handlerRuns.get());
		}
	}

	/**
	 * Like {@link #verify()}, and no call failed.
	 */
	public void verifyAllOk() {
		verify();
		assertThat(failed()).as("calls that failed").isEmpty();
	}

	/**
	 * Returns the calls that did not end well.
	 * @return a description of each
	 */
	public List<String> failed() {
		return this.entries.values()
			.stream()
			.filter((entry) -> !entry.ends.stream().allMatch(Status::isOk))
			.map(Entry::toString)
			.toList();
	}

	/**
	 * Returns the calls that did not end well although a handler had begun to run, of
	 * which the caller can't know what they did.
	 * @return a description of each
	 */
	public List<String> lost() {
		return this.entries.values()
			.stream()
			.filter((entry) -> entry.handlerRuns.get() > 0)
			.filter((entry) -> !entry.ends.stream().allMatch(Status::isOk))
			.map(Entry::toString)
			.toList();
	}

	private void record(String number, Consumer<Entry> event) {
		this.entries.compute(number, (key, old) -> {
			Entry entry = (old != null) ? old : new Entry(number);
			event.accept(entry);
			if (entry.isSettled()) {
				this.settled.incrementAndGet();
				return null;
			}
			return entry;
		});
	}

	private final class Events implements CallEvents {

		@Override
		public void called(String number, String method) {
			Ledger.this.callCount.incrementAndGet();
			record(number, (entry) -> entry.calls.incrementAndGet());
		}

		@Override
		public void ended(String number, Status status) {
			record(number, (entry) -> entry.ends.add(status));
		}

		@Override
		public void handlerRan(String number, String method) {
			record(number, (entry) -> {
				entry.method = method;
				entry.handlerRuns.incrementAndGet();
			});
		}

		@Override
		public void handlerEnded(String number) {
			record(number, (entry) -> entry.handlerEnds.incrementAndGet());
		}

	}

	/**
	 * What happens in another process. When that has died, its handlers have ended, and
	 * so have its calls, of which nobody is left to know how.
	 */
	final class Part implements CallEvents {

		private final Set<String> calls = ConcurrentHashMap.newKeySet();

		private final Set<String> handlers = ConcurrentHashMap.newKeySet();

		@Override
		public void called(String number, String method) {
			this.calls.add(number);
			Ledger.this.events.called(number, method);
		}

		@Override
		public void ended(String number, Status status) {
			this.calls.remove(number);
			Ledger.this.events.ended(number, status);
		}

		@Override
		public void handlerRan(String number, String method) {
			this.handlers.add(number);
			Ledger.this.events.handlerRan(number, method);
		}

		@Override
		public void handlerEnded(String number) {
			this.handlers.remove(number);
			Ledger.this.events.handlerEnded(number);
		}

		/**
		 * The process has died, and all that it said was told here.
		 */
		void died() {
			List.copyOf(this.handlers).forEach(this::handlerEnded);
			Status unknown = Status.ABORTED.withDescription("its caller's process died");
			List.copyOf(this.calls).forEach((number) -> ended(number, unknown));
		}

	}

	/**
	 * Of one call.
	 */
	private static final class Entry {

		private final String number;

		private final AtomicInteger calls = new AtomicInteger();

		private final Queue<Status> ends = new ConcurrentLinkedQueue<>();

		private final AtomicInteger handlerRuns = new AtomicInteger();

		private final AtomicInteger handlerEnds = new AtomicInteger();

		private volatile String method = "a handler that did not run";

		Entry(String number) {
			this.number = number;
		}

		boolean hasEnded() {
			return !this.ends.isEmpty() && this.handlerEnds.get() >= this.handlerRuns.get();
		}

		boolean isSettled() {
			return this.calls.get() == 1 && this.handlerRuns.get() == 1 && this.handlerEnds.get() == 1
					&& this.ends.size() == 1 && this.ends.peek().isOk();
		}

		@Override
		public String toString() {
			return this.number + " of " + this.method + " (ends " + this.ends + ", handler runs " + this.handlerRuns
					+ ", handler ends " + this.handlerEnds + ")";
		}

	}

}
