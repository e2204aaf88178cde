package io.brpc.internal.brpc2;

import io.brpc.internal.brpc2.frame.AnswerHead;
import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.brpc.internal.brpc2.frame.WireException;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * What the peer sends for one call: on the call's own stream, or on a stream for an
 * answer that is too large for a lane. Event-loop confined.
 */
final class AnswerHalf extends StreamHalf {

	private final OutboundCall<?, ?> call;

	private final @Nullable MessageQueue requests;

	private final Runnable onAnswered;

	private final Credit credit;

	private boolean begun;

	private boolean answered;

	/**
	 * Makes a half.
	 * @param call the call
	 * @param stream the stream
	 * @param offset how much of it was read before
	 * @param requests what the call sends on the same stream, null if this is another one
	 * @param onAnswered run when the call is over for the peer
	 */
	AnswerHalf(OutboundCall<?, ?> call, QuicStreamChannel stream, long offset, @Nullable MessageQueue requests,
			Runnable onAnswered) {
		super(call.session(), stream, offset);
		this.call = call;
		this.requests = requests;
		this.onAnswered = onAnswered;
		this.credit = new Credit(call.session().settings().callWindow());
	}

	@Override
	public long limit(int type) {
		return switch (type) {
			case FrameType.HEADERS, FrameType.ANSWER -> (long) session().settings().maxMetadata() + MAX_FIELDS;
			case FrameType.MESSAGE -> Message.maxFrame(this.call.answer().maxMessage());
			case FrameType.CREDIT -> (this.requests != null) ? MAX_FIELDS : refuseKnown(type);
			default -> refuseKnown(type);
		};
	}

	@Override
	public void tooLong(int type, long length) {
		if (type != FrameType.MESSAGE) {
			super.tooLong(type, length);
		}
		this.begun = true;
		this.call.fail(Encodings.tooLarge(this.call.answer().maxMessage(), length));
	}

	@Override
	public void frame(int type, FrameCursor body) {
		switch (type) {
			case FrameType.HEADERS -> {
				if (this.begun) {
					throw new WireException("comes late, or twice");
				}
				this.begun = true;
				this.call.answer().headersArrived(SmallFrames.readHeaders(body, session().settings().maxMetadata()));
			}
			case FrameType.MESSAGE -> {
				this.begun = true;
				int encoding = SmallFrames.readMessageHead(body);
				session().encodings().check(encoding);
				this.credit.receive(body.remaining());
				if (!this.call.isOver()) {
					this.call.answer().messageArrived(Message.of(body, encoding));
				}
			}
			case FrameType.CREDIT -> credited(body);
			default -> answer(body);
		}
	}

	private void credited(FrameCursor body) {
		checkNumber(SmallFrames.readCreditNumber(body));
		int bytes = SmallFrames.readCreditBytes(body);
		if (this.requests != null) {
			this.requests.credited(bytes);
		}
	}

	private void checkNumber(long number) {
		if (number != this.call.number() || this.call.answer().source() != this) {
			throw new WireException("call " + number + " is not the one of this stream");
		}
	}

	private void answer(FrameCursor body) {
		AnswerHead head = new AnswerHead();
		head.read(body, session().settings().maxMetadata());
		checkNumber(head.number());
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

	/**
	 * The callee may send more.
	 * @param bytes how much more
	 */
	void grant(long bytes) {
		this.credit.add(bytes);
	}

	@Override
	void ended() {
		if (!this.answered) {
			lost();
		}
	}

}
