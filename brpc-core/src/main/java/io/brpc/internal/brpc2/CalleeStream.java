package io.brpc.internal.brpc2;

import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.brpc.internal.brpc2.frame.Settings;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.brpc.internal.brpc2.frame.WireException;
import io.grpc.Status;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * A call's own stream, at the callee. Event-loop confined.
 */
final class CalleeStream extends StreamHalf implements InboundRoute {

	private final Settings peer;

	private final StreamOutput output;

	private final MessageQueue responses;

	private final Credit credit;

	private @Nullable InboundCall<?, ?> call;

	private long number = -1;

	private boolean begun;

	private boolean halfClosed;

	private boolean answered;

	private boolean spoken;

	CalleeStream(CallSession session, QuicStreamChannel stream, Settings peer) {
		super(session, stream, 1);
		this.peer = peer;
		this.output = new StreamOutput(session, stream, this::written);
		this.responses = new MessageQueue(session, this::failed);
		this.responses.open(this.output, peer.callWindow());
		this.credit = new Credit(session.settings().callWindow());
	}

	private void written(int count) {
		if (this.call != null) {
			this.call.written(count);
		}
	}

	private void failed(RuntimeException failure) {
		if (this.call != null) {
			this.call.fail(Status.fromThrowable(failure));
		}
	}

	@Override
	public long limit(int type) {
		return switch (type) {
			case FrameType.CALL, FrameType.HALF_CLOSE, FrameType.CANCEL, FrameType.CREDIT ->
				(long) session().settings().maxMetadata() + MAX_FIELDS;
			case FrameType.MESSAGE -> Message.maxFrame(session().maxRequest());
			default -> refuseKnown(type);
		};
	}

	@Override
	public void tooLong(int type, long length) {
		if (type != FrameType.MESSAGE) {
			super.tooLong(type, length);
		}
		checkOpen();
		if (this.call != null) {
			this.call.fail(Encodings.tooLarge(session().maxRequest(), length));
		}
	}

	@Override
	public void frame(int type, FrameCursor body) {
		if (type == FrameType.CALL) {
			begin(body);
			return;
		}
		if (!this.begun) {
			throw new WireException("comes before the CALL");
		}
		InboundCall<?, ?> call = this.call;
		switch (type) {
			case FrameType.MESSAGE -> {
				checkOpen();
				int encoding = SmallFrames.readMessageHead(body);
				session().encodings().check(encoding);
				this.credit.receive(body.remaining());
				if (call != null) {
					call.request().messageArrived(Message.of(body, encoding));
				}
			}
			case FrameType.HALF_CLOSE -> {
				checkOpen();
				SmallFrames.readEmpty(body);
				this.halfClosed = true;
				if (call != null) {
					call.request().end();
				}
			}
			case FrameType.CREDIT -> {
				checkNumber(SmallFrames.readCreditNumber(body));
				this.responses.credited(SmallFrames.readCreditBytes(body));
			}
			default -> {
				checkNumber(SmallFrames.readCancel(body));
				if (call != null) {
					call.cancelledByPeer();
				}
			}
		}
	}

	private void checkNumber(long number) {
		if (number != this.number) {
			throw new WireException("call " + number + " is not the one of this stream");
		}
	}

	private void checkOpen() {
		if (!this.begun || this.halfClosed) {
			throw new WireException(this.begun ? "comes behind HALF_CLOSE" : "comes before the CALL");
		}
	}

	private void begin(FrameCursor body) {
		if (this.begun) {
			throw new WireException("a second call on the same stream");
		}
		this.begun = true;
		CallHead head = new CallHead();
		head.read(body, session().settings().maxMetadata());
		String path = head.path();
		if (path == null || head.method() != 0 || head.encoding() >= 0 || body.remaining() > 0) {
			throw new WireException("defines a method or has a message, as only a lane's does");
		}
		this.number = head.number();
		InboundCall<?, ?> call = session().inbound().begin(head, path, session().service().lookup(path), this);
		if (call != null) {
			this.call = call;
			call.request().begin();
		}
	}

	@Override
	public void grant(long bytes) {
		if (!this.answered && !this.halfClosed) {
			this.credit.add(bytes);
			SmallFrames.writeCredit(this.output.buffer(), this.number, bytes);
		}
	}

	@Override
	public void behindMessages(Runnable what) {
		this.responses.behind(what);
	}

	@Override
	public boolean isOwn() {
		return true;
	}

	@Override
	public void sendHeaders(Encoded headers) {
		this.spoken = true;
		SmallFrames.writeHeaders(this.output.buffer(), headers);
	}

	@Override
	public void sendMessage(Payload payload) {
		this.spoken = true;
		this.responses.send(payload);
	}

	@Override
	public void answer(Answer answer) {
		if (this.answered) {
			return;
		}
		this.answered = true;
		discard();
		this.responses.drop();
		Answer bounded = answer.within(this.peer.maxMetadata());
		Encoded headers = this.spoken ? Encoded.NONE : bounded.headers();
		new Answer(bounded.number(), headers, null, bounded.status(), bounded.notRun(), bounded.trailers())
			.write(this.output.buffer(), this.peer.maxMetadata());
		this.output.end();
	}

	@Override
	void ended() {
		if (!this.answered) {
			lost();
		}
	}

}
