package io.brpc.internal.brpc2;

import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.WireException;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * How a session ends in order, whichever end wants it to. The client makes no calls any
 * more, and says DONE when its last one is answered; until then handlers at the server
 * may call back. Then the server does the same. Each DONE proves that its sender has all
 * of the answers, so nothing is under way that could be lost.
 * <p>
 * Event-loop confined.
 */
final class Drain {

	private final CallSession session;

	private final Side side;

	private boolean begun;

	private boolean told;

	private boolean doneSent;

	private boolean doneReceived;

	Drain(CallSession session, Side side) {
		this.session = session;
		this.side = side;
	}

	/**
	 * This end wants to go. Idempotent.
	 */
	void begin() {
		if (!this.begun) {
			this.begun = true;
			this.session.control().sendEmpty(FrameType.GOAWAY);
			advance();
		}
	}

	/**
	 * The peer wants to go.
	 */
	void goAwayArrived() {
		if (this.told) {
			throw new WireException("comes twice");
		}
		this.told = true;
		this.session.owner().toldToGo();
		Status refusal = refusal();
		if (refusal != null) {
			this.session.outbound().refuseWaiting(refusal);
		}
		advance();
	}

	/**
	 * The peer makes no calls any more, and has the answers to all that it made.
	 */
	void doneArrived() {
		if (!isGoing()) {
			throw new WireException("answers no GOAWAY");
		}
		if (this.doneReceived) {
			throw new WireException("comes twice");
		}
		if (this.side == Side.CLIENT && !this.doneSent) {
			throw new WireException("comes before the client's");
		}
		int count = this.session.inbound().count();
		if (count > 0) {
			throw new WireException(count + " calls have not been answered");
		}
		this.doneReceived = true;
		if (this.side == Side.SERVER) {
			this.session.owner().forwardEnded();
		}
		advance();
		if (this.side == Side.CLIENT) {
			this.session.owner().drained();
		}
	}

	/**
	 * Goes on, if no call of this end is in flight or waits. To be called when that may
	 * have become so.
	 */
	void advance() {
		boolean inTurn = isGoing() && (this.side == Side.CLIENT || this.doneReceived);
		if (this.doneSent || !inTurn || this.session.isOver() || !this.session.outbound().isEmpty()) {
			return;
		}
		this.doneSent = true;
		this.session.control().sendEmpty(FrameType.DONE);
		if (this.side == Side.CLIENT) {
			this.session.owner().forwardEnded();
		}
		else {
			this.session.owner().drained();
		}
	}

	private boolean isGoing() {
		return this.begun || this.told;
	}

	boolean isDoneReceived() {
		return this.doneReceived;
	}

	/**
	 * Returns why this end makes no new calls.
	 * @return the status that they end with, marked as not run; null if they are made
	 */
	@Nullable Status refusal() {
		if (this.side == Side.CLIENT && this.told) {
			return notRun("the peer takes no more calls on this connection");
		}
		if ((this.side == Side.CLIENT) ? this.begun : this.doneReceived) {
			return notRun("the connection is drained");
		}
		return null;
	}

	private static Status notRun(String words) {
		return NotRun.mark(Status.UNAVAILABLE.withDescription(words));
	}

}
