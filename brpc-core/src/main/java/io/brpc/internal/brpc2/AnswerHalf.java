package io.brpc.internal.brpc2;

import java.util.Arrays;

import io.brpc.internal.brpc2.frame.AnswerHead;
import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.brpc.internal.brpc2.frame.WireException;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;

/**
 * What the peer sends for one call: on the call's own stream, or on a stream for an
 * answer that is too large for a lane. Event-loop confined.
 */
final class AnswerHalf extends StreamHalf {

	private final OutboundCall<?, ?> call;

	private final Runnable onAnswered;

	private boolean begun;

	private boolean answered;

	private boolean paused;

	/**
	 * Makes a half.
	 * @param call the call
	 * @param stream the stream
	 * @param offset how much of it was read before
	 * @param onAnswered run when the call is over for the peer
	 */
	AnswerHalf(OutboundCall<?, ?> call, QuicStreamChannel stream, long offset, Runnable onAnswered) {
		super(call.session(), stream, offset);
		this.call = call;
		this.onAnswered = onAnswered;
	}

	@Override
	public long limit(int type) {
		return switch (type) {
			case FrameType.HEADERS, FrameType.ANSWER -> (long) session().settings().maxMetadata() + MAX_FIELDS;
			case FrameType.MESSAGE -> Message.maxFrame(this.call.maxMessage());
			default -> refuseKnown(type);
		};
	}

	@Override
	public void tooLong(int type, long length) {
		if (type != FrameType.MESSAGE) {
			super.tooLong(type, length);
		}
		this.begun = true;
		this.call.fail(Encodings.tooLarge(this.call.maxMessage(), length));
	}

	@Override
	public void frame(int type, FrameCursor body) {
		switch (type) {
			case FrameType.HEADERS -> {
				if (this.begun) {
					throw new WireException("comes late, or twice");
				}
				this.begun = true;
				this.call.headersArrived(SmallFrames.readHeaders(body, session().settings().maxMetadata()));
			}
			case FrameType.MESSAGE -> {
				this.begun = true;
				int encoding = SmallFrames.readMessageHead(body);
				session().encodings().check(encoding);
				if (!this.call.isOver()) {
					this.call.messageArrived(new Message(
							Arrays.copyOfRange(body.array(), body.position(), body.position() + body.remaining()),
							encoding));
				}
			}
			default -> answer(body);
		}
	}

	private void answer(FrameCursor body) {
		AnswerHead head = new AnswerHead();
		head.read(body, session().settings().maxMetadata());
		if (head.number() != this.call.number() || this.call.source() != this) {
			throw new WireException("call " + head.number() + " is not the one of this stream");
		}
		if (head.encoding() >= 0 || body.remaining() > 0) {
			throw new WireException("has a message, which only a lane's has");
		}
		if (this.begun && head.headers() != null) {
			throw new WireException("has headers, which have come already");
		}
		this.answered = true;
		discard();
		this.call.answered(head);
		this.onAnswered.run();
	}

	@Override
	void readComplete() {
		boolean always = stream().type() == QuicStreamType.UNIDIRECTIONAL;
		if (always || this.answered || this.call.isOver() || this.call.wantsMore()) {
			stream().read();
		}
		else {
			this.paused = true;
		}
	}

	/**
	 * Reads on, if it was stopped because the application was slow.
	 */
	void resume() {
		if (this.paused) {
			this.paused = false;
			stream().read();
		}
	}

	@Override
	void ended() {
		if (!this.answered) {
			lost();
		}
	}

}
