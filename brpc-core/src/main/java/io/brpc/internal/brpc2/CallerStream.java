package io.brpc.internal.brpc2;

import java.nio.charset.StandardCharsets;

import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * A call's own stream, at the caller: what is sent waits until there is credit for the
 * stream and for the message. Event-loop confined, but for what the application says and
 * asks.
 */
final class CallerStream implements OutboundRoute, StreamOpener.Opening {

	private final OutboundCall<?, ?> call;

	private final MessageQueue messages;

	private volatile boolean open;

	private @Nullable StreamOutput output;

	private @Nullable AnswerHalf input;

	private boolean cancelled;

	CallerStream(OutboundCall<?, ?> call) {
		this.call = call;
		this.messages = new MessageQueue(call.session(), (failure) -> call.fail(Status.fromThrowable(failure)));
	}

	@Override
	public boolean isWanted() {
		return !this.call.isOver();
	}

	@Override
	public void opened(QuicStreamChannel stream) {
		stream.config().setAutoRead(false);
		StreamOutput output = new StreamOutput(this.call.session(), stream, this::written);
		this.output = output;
		AnswerHalf input = new AnswerHalf(this.call, stream, 0, this.messages, output::end);
		this.input = input;
		stream.pipeline().addLast(new StreamInput(this.call.session(), input));
		ByteBuf out = output.buffer().writeByte(StreamKind.OWN);
		byte[] path = this.call.method().getFullMethodName().getBytes(StandardCharsets.UTF_8);
		long timeout = this.call.timeoutMicros();
		long length = CallHead.frameLength(this.call.number(), 0, path, timeout, this.call.headers(), this.call.chain(),
				-1, 0);
		CallHead.write(out, length, this.call.number(), 0, path, timeout, this.call.headers(), this.call.chain(), -1);
		this.call.sent(input);
		this.open = true;
		this.call.answer().ready();
		this.messages.open(output, this.call.session().peerSettings().callWindow());
		stream.read();
	}

	private void written(int count) {
		if (this.call.messages().written(count)) {
			this.call.answer().ready();
		}
	}

	/**
	 * Tells whether the application may send. Asked by any thread.
	 * @return whether the stream is open, and little waits for it
	 */
	boolean isReady() {
		return this.open && this.call.messages().isReady();
	}

	/**
	 * Sends a message of the application, which says so on any thread.
	 * @param payload the message, whose bytes are in the session's budget
	 */
	void sendLater(Payload payload) {
		this.call.messages().add(payload.length());
		this.call.session().turn().execute(() -> {
			if (this.call.isOver()) {
				this.call.session().budget().remove(payload.length());
			}
			else {
				send(payload);
			}
		});
	}

	/**
	 * Sends a message.
	 * @param payload the message, whose bytes are in the session's budget
	 */
	void send(Payload payload) {
		this.messages.send(payload);
	}

	/**
	 * Sends no more messages.
	 */
	void halfClose() {
		this.messages.behind(() -> {
			if (this.output != null && !this.cancelled && !this.call.isOver()) {
				SmallFrames.writeEmpty(this.output.buffer(), FrameType.HALF_CLOSE);
			}
		});
	}

	/**
	 * Lets the callee send more, because the application has taken what it sent.
	 * @param bytes how much more
	 */
	void grant(long bytes) {
		if (this.output != null && this.input != null && !this.call.isOver()) {
			this.input.grant(bytes);
			SmallFrames.writeCredit(this.output.buffer(), this.call.number(), bytes);
		}
	}

	@Override
	public void cancel(long number) {
		this.cancelled = true;
		drop();
		if (this.output != null) {
			SmallFrames.writeCancel(this.output.buffer(), number);
			this.call.session().control().sendCancel(number);
		}
	}

	/**
	 * Returns what waited for the stream to the budget, because it will not be sent.
	 */
	void drop() {
		this.messages.drop();
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

}
