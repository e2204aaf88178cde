package io.brpc.testing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
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
 * {@link #caller()} goes on every channel, {@link #handler()} on every server; both may
 * be shared by any number of them. Safe for use by any thread.
 */
public final class Ledger {

	private static final Metadata.Key<String> NUMBER = Metadata.Key.of("brpc-test-call",
			Metadata.ASCII_STRING_MARSHALLER);

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final AtomicLong numbers = new AtomicLong();

	private final Map<String, Entry> entries = new ConcurrentHashMap<>();

	/**
	 * Returns what numbers calls and records their ends.
	 * @return an interceptor for the calling side
	 */
	public ClientInterceptor caller() {
		return new Caller();
	}

	/**
	 * Returns what records that handlers run and end.
	 * @return an interceptor for the serving side
	 */
	public ServerInterceptor handler() {
		return new Handler();
	}

	/**
	 * Returns how many calls were made.
	 * @return the number
	 */
	public int callCount() {
		return this.entries.size();
	}

	/**
	 * Returns how the calls ended that have.
	 * @return how many there are of each status
	 */
	public Map<Status.Code, Integer> outcomes() {
		Map<Status.Code, Integer> outcomes = new TreeMap<>();
		for (Entry entry : this.entries.values()) {
			entry.ends.forEach((end) -> outcomes.merge(end.getCode(), 1, Integer::sum));
		}
		return outcomes;
	}

	/**
	 * Waits until all calls and handlers have ended, and checks the books.
	 */
	public void verify() {
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(this.entries.values()).as("calls and handlers that did not end")
				.allMatch(Entry::hasEnded));
		for (Entry entry : this.entries.values()) {
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
		for (Entry entry : this.entries.values()) {
			assertThat(entry.ends).as("end of the call %s", entry).allMatch(Status::isOk);
		}
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

	private Entry entry(String number, String method) {
		return this.entries.computeIfAbsent(number, (absent) -> new Entry(number, method));
	}

	/**
	 * Of one call.
	 */
	private static final class Entry {

		private final String number;

		private final String method;

		private final Queue<Status> ends = new ConcurrentLinkedQueue<>();

		private final AtomicInteger handlerRuns = new AtomicInteger();

		private final AtomicInteger handlerEnds = new AtomicInteger();

		Entry(String number, String method) {
			this.number = number;
			this.method = method;
		}

		boolean hasEnded() {
			return !this.ends.isEmpty() && this.handlerEnds.get() >= this.handlerRuns.get();
		}

		@Override
		public String toString() {
			return this.number + " of " + this.method + " (ends " + this.ends + ", handler runs " + this.handlerRuns
					+ ", handler ends " + this.handlerEnds + ")";
		}

	}

	private final class Caller implements ClientInterceptor {

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			String number = Long.toString(Ledger.this.numbers.incrementAndGet());
			return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
				@Override
				public void start(Listener<A> listener, Metadata headers) {
					headers.put(NUMBER, number);
					Entry entry = entry(number, method.getFullMethodName());
					super.start(new SimpleForwardingClientCallListener<>(listener) {
						@Override
						public void onClose(Status status, Metadata trailers) {
							entry.ends.add(status);
							super.onClose(status, trailers);
						}
					}, headers);
				}
			};
		}

	}

	private final class Handler implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			String number = headers.get(NUMBER);
			if (number == null) {
				return next.startCall(call, headers);
			}
			Entry entry = entry(number, call.getMethodDescriptor().getFullMethodName());
			entry.handlerRuns.incrementAndGet();
			return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
				@Override
				public void onComplete() {
					entry.handlerEnds.incrementAndGet();
					super.onComplete();
				}

				@Override
				public void onCancel() {
					entry.handlerEnds.incrementAndGet();
					super.onCancel();
				}
			};
		}

	}

}
