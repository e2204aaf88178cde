package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.List;

import io.brpc.CloseCode;
import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.brpc.internal.brpc2.frame.Settings;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.brpc.internal.brpc2.frame.WireException;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import org.jspecify.annotations.Nullable;

/**
 * A lane that the peer has opened: unary calls come in on it, and answers go back.
 * Event-loop confined.
 */
final class CalleeLane extends Lane implements InboundRoute {

	private static final int ANSWER_COST = 64;

	private final Settings peer;

	private final CallHead head = new CallHead();

	private final List<Method> methods = new ArrayList<>();

	private long lastNumber = -1;

	CalleeLane(CallSession session, QuicStreamChannel stream, Settings peer) {
		super(session, stream, 1);
		this.peer = peer;
	}

	/**
	 * What a method number stands for.
	 */
	private record Method(String path, @Nullable ServerMethodDefinition<?, ?> definition) {
	}

	@Override
	public long limit(int type) {
		return switch (type) {
			case FrameType.CALL, FrameType.CANCEL -> session().settings().maxLaneFrame();
			default -> refuseKnown(type);
		};
	}

	@Override
	public void frame(int type, FrameCursor body) {
		if (type == FrameType.CANCEL) {
			session().inbound().cancel(SmallFrames.readCancel(body), false);
			return;
		}
		CallHead head = this.head;
		head.read(body, session().settings().maxMetadata());
		session().encodings().check(head.encoding());
		if (head.number() <= this.lastNumber) {
			throw new WireException("call " + head.number() + " comes behind call " + this.lastNumber);
		}
		this.lastNumber = head.number();
		Method method = method(head);
		InboundCall<?, ?> call = session().inbound().begin(head, method.path, method.definition, this);
		if (call != null) {
			call.request().arrivedWhole(body, head.encoding());
		}
	}

	private Method method(CallHead head) {
		String path = head.path();
		int index = head.method();
		if (path == null) {
			if (index > this.methods.size()) {
				throw new WireException("method " + index + " was never defined");
			}
			return this.methods.get(index - 1);
		}
		Method method = new Method(path, session().service().lookup(path));
		if (index > 0) {
			if (index != this.methods.size() + 1) {
				throw new WireException("method " + index + " is defined out of turn");
			}
			if (index > session().settings().maxMethods()) {
				throw new WireException(
						"method " + index + " is defined, limit is " + session().settings().maxMethods());
			}
			this.methods.add(method);
		}
		return method;
	}

	@Override
	public boolean isOwn() {
		return false;
	}

	@Override
	public void sendHeaders(Encoded headers) {
		throw new IllegalStateException("an answer on a lane is whole");
	}

	@Override
	public void sendMessage(Payload payload) {
		throw new IllegalStateException("an answer on a lane is whole");
	}

	@Override
	public void answer(Answer answer) {
		int max = this.peer.maxMetadata();
		Answer bounded = answer.within(max);
		if (bounded.frameLength(max) > this.peer.maxLaneFrame()) {
			session().opener().open(QuicStreamType.UNIDIRECTIONAL, new AnswerStream(session(), bounded, max));
			return;
		}
		if (!session().budget().add(ANSWER_COST)) {
			session().broken(CloseCode.STALLED, session().budget().bytes() + " bytes wait, most of them answers");
			return;
		}
		Payload message = answer.message();
		output().charge(ANSWER_COST + ((message != null) ? message.length() : 0));
		try {
			bounded.write(output().buffer(), max);
		}
		catch (RuntimeException ex) {
			Answer.failed(answer.number(), Status.fromThrowable(ex), false).write(output().buffer(), max);
		}
	}

	@Override
	public void behindMessages(Runnable what) {
		what.run();
	}

	@Override
	public void grant(long bytes) {
		throw new IllegalStateException("a call on a lane came whole");
	}

}
