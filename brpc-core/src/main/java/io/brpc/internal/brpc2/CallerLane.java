package io.brpc.internal.brpc2;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import io.brpc.internal.brpc2.frame.AnswerHead;
import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.Settings;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.brpc.internal.brpc2.frame.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * A lane that this end has opened: unary calls go out on it, and answers come back.
 * Event-loop confined.
 */
final class CallerLane extends Lane implements OutboundRoute {

	private final Settings peer;

	private final AnswerHead head = new AnswerHead();

	private final Map<String, Integer> methods = new HashMap<>();

	private int awaited;

	CallerLane(CallSession session, QuicStreamChannel stream, Settings peer) {
		super(session, stream, 0);
		this.peer = peer;
		stream.pipeline().addLast(new StreamInput(session, this));
		output().buffer().writeByte(StreamKind.LANE);
	}

	/**
	 * Tells whether no answer is awaited here, so that a packet that is lost can't hold
	 * up another call behind it.
	 * @return whether the lane is free
	 */
	boolean isFree() {
		return this.awaited == 0;
	}

	/**
	 * The answer of a call comes on a stream of its own, which has begun.
	 */
	void answersElsewhere() {
		this.awaited--;
	}

	/**
	 * Sends a call, if it fits.
	 * @param call a unary call
	 * @param request its message
	 * @return whether it did
	 * @throws RuntimeException if the message's marshaller fails; nothing was sent then
	 */
	boolean send(OutboundCall<?, ?> call, Payload request) {
		String method = call.method().getFullMethodName();
		Integer known = this.methods.get(method);
		boolean define = known == null && this.methods.size() < this.peer.maxMethods();
		int index = (known != null) ? known : define ? this.methods.size() + 1 : 0;
		byte[] path = (known != null) ? null : method.getBytes(StandardCharsets.UTF_8);
		long timeout = call.timeoutMicros();
		long length = CallHead.frameLength(call.number(), index, path, timeout, call.headers(), call.chain(),
				request.encoding(), request.length());
		if (length > this.peer.maxLaneFrame()) {
			return false;
		}
		ByteBuf out = output().buffer();
		int before = out.writerIndex();
		try {
			CallHead.write(out, length, call.number(), index, path, timeout, call.headers(), call.chain(),
					request.encoding());
			request.writeTo(out);
		}
		catch (RuntimeException ex) {
			out.writerIndex(before);
			throw ex;
		}
		this.awaited++;
		output().charge(request.length());
		if (define) {
			this.methods.put(method, index);
		}
		return true;
	}

	@Override
	public void cancel(long number) {
		SmallFrames.writeCancel(output().buffer(), number);
	}

	@Override
	public long limit(int type) {
		return (type == FrameType.ANSWER) ? session().settings().maxLaneFrame() : refuseKnown(type);
	}

	@Override
	public void frame(int type, FrameCursor body) {
		this.head.read(body, session().settings().maxMetadata());
		session().encodings().check(this.head.encoding());
		OutboundCall<?, ?> call = session().outbound().get(this.head.number());
		if (call == null || call.answer().source() != this) {
			throw new WireException("call " + this.head.number() + " is not in flight here");
		}
		this.awaited--;
		if (this.head.status().isOk()) {
			call.answered(this.head, body);
		}
		else {
			call.answered(this.head);
		}
	}

}
