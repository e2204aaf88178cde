package io.brpc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fan-out under way. It has no thread: whoever brings an answer, or asks for more,
 * hands on the answers that are there and makes the next calls. It ends when no answer is
 * left and no call in flight, those that it cancelled included.
 * <p>
 * Confined to {@code turns}, which runs one thing at a time, but for the methods of
 * {@link Flow.Subscription}, which hop there.
 */
final class FanOutRun<A> implements Flow.Subscription {

	private static final Logger logger = LoggerFactory.getLogger(FanOutRun.class);

	private final SynchronizationContext turns = new SynchronizationContext((thread, failure) -> broken(failure));

	/**
	 * What cancels the calls in flight, by a key of each.
	 */
	private final Map<Object, Runnable> inFlight = new HashMap<>();

	private final Queue<ClientAnswer<A>> answers = new ArrayDeque<>();

	private final FanOutOptions options;

	private final Question<A> question;

	private final Context context;

	private final Flow.Subscriber<? super ClientAnswer<A>> subscriber;

	private final @Nullable Executor executor;

	private final Deadline deadline;

	private Iterator<BrpcConnection> targets;

	private long demand;

	private int responses;

	private boolean ended;

	private volatile boolean cancelled;

	FanOutRun(FanOutOptions options, Question<A> question, Context context,
			Flow.Subscriber<? super ClientAnswer<A>> subscriber, @Nullable Executor executor) {
		this.options = options;
		this.question = question;
		this.context = context;
		this.subscriber = subscriber;
		this.executor = executor;
		this.deadline = after(options.deadline());
		this.targets = List.<BrpcConnection>copyOf(options.targets().get()).iterator();
	}

	private static Deadline after(Duration duration) {
		return Deadline.after(TimeUnit.NANOSECONDS.convert(duration), TimeUnit.NANOSECONDS);
	}

	void start() {
		this.subscriber.onSubscribe(this);
		this.turns.execute(this::turn);
	}

	/**
	 * Tells whether nothing is in flight and nothing will happen any more.
	 * @return whether the fan-out has ended
	 */
	boolean hasEnded() {
		return this.ended;
	}

	@Override
	public void request(long count) {
		this.turns.execute(() -> {
			if (count < 1) {
				refuse(new IllegalArgumentException("requested " + count + " answers, at least 1"));
				return;
			}
			this.demand = (this.demand + count < 0) ? Long.MAX_VALUE : this.demand + count;
			turn();
		});
	}

	@Override
	public void cancel() {
		this.cancelled = true;
		this.turns.execute(() -> {
			stop();
			turn();
		});
	}

	private void turn() {
		Context previous = this.context.attach();
		try {
			handOn();
			ask();
			endIfDone();
		}
		finally {
			this.context.detach(previous);
		}
	}

	private void handOn() {
		while (this.demand > 0 && !this.cancelled && !this.answers.isEmpty()) {
			this.demand--;
			this.subscriber.onNext(this.answers.remove());
		}
	}

	private void ask() {
		while (this.targets.hasNext() && !this.cancelled
				&& this.inFlight.size() + this.answers.size() < this.options.concurrency()) {
			ask(this.targets.next());
			// Calls that fail at once have answers that wait for this turn to end, so
			// they count as being in flight.
		}
	}

	private void ask(BrpcConnection connection) {
		Object key = new Object();
		Status refusal = refusal();
		if (refusal != null) {
			this.inFlight.put(key, () -> {
			});
			answered(key, new ClientAnswer<>(connection, refusal, null));
			return;
		}
		Deadline callDeadline = (this.options.deadlinePerCall() != null)
				? after(this.options.deadlinePerCall()).minimum(this.deadline) : this.deadline;
		this.inFlight.put(key,
				this.question.ask(connection, callDeadline, this.executor, (answer) -> answered(key, answer)));
	}

	private @Nullable Status refusal() {
		if (this.context.isCancelled()) {
			Status reason = Contexts.statusFromCancelled(this.context);
			return reason.withDescription("not called: " + reason.getDescription());
		}
		if (this.deadline.isExpired()) {
			return Status.DEADLINE_EXCEEDED.withDescription("not called: the fan-out's deadline of "
					+ this.options.deadline() + " was over before this client's turn came");
		}
		return null;
	}

	private void answered(Object key, ClientAnswer<A> answer) {
		this.turns.execute(() -> {
			this.inFlight.remove(key);
			if (!isStopped()) {
				this.answers.add(answer);
				if (answer.isOk() && ++this.responses == this.options.first()) {
					stop();
				}
			}
			turn();
		});
	}

	private boolean isStopped() {
		return this.cancelled || this.responses == this.options.first();
	}

	private void stop() {
		this.targets = Collections.emptyIterator();
		List.copyOf(this.inFlight.values()).forEach(Runnable::run);
	}

	private void endIfDone() {
		if (this.ended || !this.inFlight.isEmpty() || this.targets.hasNext()) {
			return;
		}
		if (this.cancelled) {
			this.ended = true;
			this.answers.clear();
		}
		else if (this.answers.isEmpty()) {
			this.ended = true;
			this.subscriber.onComplete();
		}
	}

	private void refuse(IllegalArgumentException failure) {
		if (!this.cancelled && !this.ended) {
			cancel();
			this.subscriber.onError(failure);
		}
	}

	/**
	 * Code of the subscriber threw, which it must not (Reactive Streams, section 2.13).
	 */
	private void broken(Throwable failure) {
		logger.warn("Fan-out cancelled, because what takes its answers failed", failure);
		cancel();
	}

}
