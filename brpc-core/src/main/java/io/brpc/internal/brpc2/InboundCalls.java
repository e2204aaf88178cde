package io.brpc.internal.brpc2;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.WireException;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.netty.util.collection.LongObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The calls that the peer makes. Event-loop confined, but for {@link #count()} and
 * {@link #lingered()}.
 */
final class InboundCalls {

	/**
	 * How many cancels are remembered that came before their calls.
	 */
	private static final int STRAYS = 64;

	private final CallSession session;

	private final LongObjectHashMap<InboundCall<?, ?>> calls = new LongObjectHashMap<>();

	private final AtomicInteger count = new AtomicInteger();

	/**
	 * Calls that are over for the peer, while their handlers have yet to notice.
	 */
	private final AtomicInteger lingering = new AtomicInteger();

	private final RateLimit cancels;

	private long @Nullable [] strays;

	private int nextStray;

	InboundCalls(CallSession session) {
		this.session = session;
		this.cancels = new RateLimit(session.turn().loop().ticker(), session.settings().maxCancelsPerSecond());
	}

	/**
	 * Returns how many calls are in flight. May be asked by any thread.
	 * @return the number
	 */
	int count() {
		return this.count.get();
	}

	/**
	 * Takes a call in, or refuses it.
	 * @param head its fields
	 * @param path its method
	 * @param method its method, or null if that is not served
	 * @param route how it has come
	 * @return the call, or null if it was refused and is answered
	 */
	@Nullable InboundCall<?, ?> begin(CallHead head, String path, @Nullable ServerMethodDefinition<?, ?> method,
			InboundRoute route) {
		long number = head.number();
		if (this.calls.containsKey(number)) {
			throw new WireException("call " + number + " is in flight");
		}
		Answer refusal = refusal(head, path, method);
		if (refusal != null || method == null) {
			if (refusal != null) {
				route.answer(refusal);
			}
			return null;
		}
		InboundCall<?, ?> call = new InboundCall<>(this.session, method, number, route, head);
		this.calls.put(number, call);
		this.count.lazySet(this.calls.size());
		call.watchDeadline();
		return call;
	}

	private @Nullable Answer refusal(CallHead head, String path, @Nullable ServerMethodDefinition<?, ?> method) {
		long number = head.number();
		if (this.session.drainState().isDoneReceived()) {
			throw new WireException("call behind DONE");
		}
		int max = this.session.settings().maxCalls();
		if (this.calls.size() >= max) {
			return Answer.failed(number, Status.UNAVAILABLE.withDescription(max + " calls are in flight"), true);
		}
		if (this.lingering.get() >= max) {
			return Answer.failed(number,
					Status.UNAVAILABLE.withDescription("the handlers of " + max + " cancelled calls are still busy"),
					true);
		}
		if (takeStray(number)) {
			return Answer.failed(number, Status.CANCELLED, true);
		}
		Status status = (method == null) ? Status.UNIMPLEMENTED.withDescription("Method not found: " + path)
				: this.session.owner().refusal(head.chain(), head.metadata(), path);
		if (status == null) {
			return null;
		}
		CallTracers tracers = CallTracers.serving(this.session.service().tracers(), path, head.metadata());
		if (tracers != null) {
			tracers.in(this.session.service().context());
			tracers.closed(status);
		}
		return Answer.failed(number, status, false);
	}

	/**
	 * Forgets a call, because it is answered.
	 * @param call the call
	 * @param busy whether its handler has yet to notice
	 */
	void forget(InboundCall<?, ?> call, boolean busy) {
		this.calls.remove(call.number());
		this.count.lazySet(this.calls.size());
		if (busy) {
			this.lingering.incrementAndGet();
		}
	}

	/**
	 * A handler has noticed that its call is over. May be called by any thread.
	 */
	void lingered() {
		this.lingering.decrementAndGet();
	}

	/**
	 * Cancels a call, or remembers to.
	 * @param number the call's number
	 * @param overtaking whether the cancel may have come before the call
	 */
	void cancel(long number, boolean overtaking) {
		InboundCall<?, ?> call = this.calls.get(number);
		if (call != null) {
			call.cancelledByPeer();
		}
		else if (overtaking) {
			countCancel();
			if (this.strays == null) {
				this.strays = new long[STRAYS];
				Arrays.fill(this.strays, -1);
			}
			this.strays[this.nextStray++ % STRAYS] = number;
		}
	}

	/**
	 * A call is cancelled by the peer, which costs this end all that the call has cost.
	 */
	void countCancel() {
		if (!this.cancels.tryAcquire()) {
			throw new WireException("more calls are cancelled in a second than "
					+ this.session.settings().maxCancelsPerSecond() + ", which is the limit");
		}
	}

	private boolean takeStray(long number) {
		long[] strays = this.strays;
		for (int i = 0; strays != null && i < STRAYS; i++) {
			if (strays[i] == number) {
				strays[i] = -1;
				return true;
			}
		}
		return false;
	}

	/**
	 * Cancels all.
	 */
	void fail() {
		for (InboundCall<?, ?> call : List.copyOf(this.calls.values())) {
			call.lost();
		}
	}

}
