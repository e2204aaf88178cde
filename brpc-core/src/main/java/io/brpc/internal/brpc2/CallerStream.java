package io.brpc.internal.brpc2;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;

import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * A call's own stream, at the caller: what is sent waits until there is credit for the
 * stream. Event-loop confined.
 */
final class CallerStream implements OutboundRoute, StreamOpener.Opening {

	/**
	 * How much is read at a time, bytes; a call that is not read holds no more than this.
	 */
	static final int READ_SIZE = 32 << 10;

	private final OutboundCall<?, ?> call;

	private final Queue<Payload> queued = new ArrayDeque<>();

	private @Nullable StreamOutput output;

	private @Nullable AnswerHalf input;

	private boolean halfClosed;

	private boolean cancelled;

	CallerStream(OutboundCall<?, ?> call) {
		this.call = call;
	}

	@Override
	public boolean isWanted() {
		return !this.call.isOver();
	}

	@Override
	public void opened(QuicStreamChannel stream) {
		stream.config().setAutoRead(false).setRecvByteBufAllocator(new FixedRecvByteBufAllocator(READ_SIZE));
		StreamOutput output = new StreamOutput(this.call.session(), stream, false, this.call::written);
		this.output = output;
		AnswerHalf input = new AnswerHalf(this.call, stream, 0, output::end);
		this.input = input;
		stream.pipeline().addLast(new StreamInput(this.call.session(), input));
		ByteBuf out = output.buffer().writeByte(StreamKind.OWN);
		byte[] path = this.call.method().getFullMethodName().getBytes(StandardCharsets.UTF_8);
		long timeout = this.call.timeoutMicros();
		long length = CallHead.frameLength(this.call.number(), 0, path, timeout, this.call.headers(), this.call.chain(),
				-1, 0);
		CallHead.write(out, length, this.call.number(), 0, path, timeout, this.call.headers(), this.call.chain(), -1);
		this.call.sentOn(input);
		for (Payload payload = this.queued.poll(); payload != null; payload = this.queued.poll()) {
			write(output, payload);
		}
		if (this.halfClosed) {
			SmallFrames.writeEmpty(output.buffer(), FrameType.HALF_CLOSE);
		}
		stream.read();
	}

	/**
	 * Sends a message.
	 * @param payload the message, whose bytes are in the session's budget
	 */
	void send(Payload payload) {
		if (this.output != null) {
			write(this.output, payload);
		}
		else {
			this.queued.add(payload);
		}
	}

	private void write(StreamOutput output, Payload payload) {
		ByteBuf out = output.buffer();
		int before = out.writerIndex();
		output.charge(payload.length());
		try {
			SmallFrames.writeMessageHead(out, payload.encoding(), payload.length());
			payload.writeTo(out);
		}
		catch (RuntimeException ex) {
			out.writerIndex(before);
			this.call.fail(Status.fromThrowable(ex));
		}
	}

	/**
	 * Sends no more messages.
	 */
	void halfClose() {
		this.halfClosed = true;
		if (this.output != null && !this.cancelled) {
			SmallFrames.writeEmpty(this.output.buffer(), FrameType.HALF_CLOSE);
		}
	}

	@Override
	public void cancel(long number) {
		this.cancelled = true;
		if (this.output != null) {
			SmallFrames.writeCancel(this.output.buffer(), number);
			this.call.session().control().sendCancel(number);
		}
		resume();
	}

	/**
	 * Returns what waited for the stream to the budget, because it will not be sent.
	 */
	void drop() {
		for (Payload payload = this.queued.poll(); payload != null; payload = this.queued.poll()) {
			this.call.session().budget().remove(payload.length());
		}
	}

	/**
	 * Writes nothing more, because the session is over.
	 */
	void close() {
		drop();
		if (this.output != null) {
			this.output.close();
		}
	}

	/**
	 * Reads on, if it was stopped because the application was slow.
	 */
	void resume() {
		if (this.input != null) {
			this.input.resume();
		}
	}

}
