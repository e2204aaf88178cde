package io.brpc.internal.brpc2;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.Settings;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The calls that this end makes: those in flight by number, those that wait for the
 * peer's limit, and the lanes that they go on.
 * <p>
 * Event-loop confined, but for {@link #count()}.
 */
final class OutboundCalls {

	/**
	 * Few, for there may be many connections that hardly ever call.
	 */
	private static final int INITIAL_SLOTS = 4;

	private final CallSession session;

	private final CallerLanes lanes;

	private final Set<OutboundCall<?, ?>> waiting = new LinkedHashSet<>();

	private final AtomicInteger count = new AtomicInteger();

	/**
	 * Indexed by the low bits of the number. A number whose slot is taken is left out, so
	 * that a long call does not make the table grow.
	 */
	private @Nullable OutboundCall<?, ?>[] slots = new OutboundCall<?, ?>[INITIAL_SLOTS];

	private long next;

	private int inFlight;

	OutboundCalls(CallSession session) {
		this.session = session;
		this.lanes = new CallerLanes(session);
	}

	CallerLanes lanes() {
		return this.lanes;
	}

	/**
	 * Returns how many calls are in flight or wait. May be asked by any thread.
	 * @return the number
	 */
	int count() {
		return this.count.get();
	}

	/**
	 * Makes a call, as soon as the peer allows it.
	 * @param call the call
	 */
	void submit(OutboundCall<?, ?> call) {
		Status refusal = this.session.refusal();
		if (refusal != null) {
			call.finish(refusal);
			return;
		}
		Settings peer = this.session.peer();
		if (peer != null && this.waiting.isEmpty() && this.inFlight < peer.maxCalls()) {
			launch(call, peer);
			counted();
			return;
		}
		this.waiting.add(call);
		counted();
	}

	/**
	 * Makes the calls that wait, as far as the peer allows it now.
	 */
	void pump() {
		Settings peer = this.session.peer();
		while (peer != null && !this.waiting.isEmpty() && this.inFlight < peer.maxCalls()) {
			Iterator<OutboundCall<?, ?>> first = this.waiting.iterator();
			OutboundCall<?, ?> call = first.next();
			first.remove();
			launch(call, peer);
		}
		counted();
		this.session.drainState().advance();
	}

	private void launch(OutboundCall<?, ?> call, Settings peer) {
		Status refusal = refusal(call, peer);
		if (refusal != null) {
			call.finish(refusal);
		}
		else if (!call.isOver()) {
			call.launch(number(call), peer);
		}
	}

	private static @Nullable Status refusal(OutboundCall<?, ?> call, Settings peer) {
		byte[] chain = call.chain();
		int cost = call.headers().cost() + ((chain != null) ? chain.length : 0);
		if (cost > peer.maxMetadata()) {
			return Status.RESOURCE_EXHAUSTED
				.withDescription("metadata is " + cost + " bytes, limit is " + peer.maxMetadata());
		}
		if (CallHead.isTooLong(call.method().getFullMethodName())) {
			return Status.INTERNAL.withDescription("the method's name is longer than " + CallHead.MAX_PATH_LENGTH);
		}
		return null;
	}

	private long number(OutboundCall<?, ?> call) {
		if (++this.inFlight * 2 > this.slots.length) {
			grow();
		}
		int mask = this.slots.length - 1;
		while (this.slots[(int) this.next & mask] != null) {
			this.next++;
		}
		this.slots[(int) this.next & mask] = call;
		return this.next++;
	}

	private void grow() {
		@Nullable OutboundCall<?, ?>[] old = this.slots;
		this.slots = new OutboundCall<?, ?>[old.length * 2];
		for (OutboundCall<?, ?> call : old) {
			if (call != null) {
				this.slots[(int) call.number() & (this.slots.length - 1)] = call;
			}
		}
	}

	/**
	 * Finds a call in flight.
	 * @param number its number
	 * @return the call, which may be over at this end; null if there is none
	 */
	@Nullable OutboundCall<?, ?> get(long number) {
		OutboundCall<?, ?> call = this.slots[(int) number & (this.slots.length - 1)];
		return (call != null && call.number() == number) ? call : null;
	}

	/**
	 * Forgets a call in flight, because the peer has answered it or has never heard of
	 * it.
	 * @param call the call
	 */
	void forget(OutboundCall<?, ?> call) {
		this.slots[(int) call.number() & (this.slots.length - 1)] = null;
		this.inFlight--;
		pump();
	}

	/**
	 * Forgets a call that waits.
	 * @param call the call
	 */
	void withdraw(OutboundCall<?, ?> call) {
		this.waiting.remove(call);
		pump();
	}

	boolean isEmpty() {
		return this.inFlight == 0 && this.waiting.isEmpty();
	}

	private void counted() {
		this.count.lazySet(this.inFlight + this.waiting.size());
	}

	/**
	 * Ends those that wait, because the peer wants no more.
	 * @param status what they end with
	 */
	void refuseWaiting(Status status) {
		for (OutboundCall<?, ?> call : Set.copyOf(this.waiting)) {
			this.waiting.remove(call);
			call.finish(status);
		}
		counted();
	}

	/**
	 * Ends all.
	 * @param status what they end with
	 */
	void fail(Status status) {
		refuseWaiting(status);
		@Nullable OutboundCall<?, ?>[] calls = this.slots.clone();
		for (OutboundCall<?, ?> call : calls) {
			if (call != null) {
				call.lost(status);
			}
		}
		this.lanes.close();
		this.inFlight = 0;
		this.slots = new OutboundCall<?, ?>[INITIAL_SLOTS];
		counted();
	}

}
