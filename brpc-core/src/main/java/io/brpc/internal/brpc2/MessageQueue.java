package io.brpc.internal.brpc2;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

import io.brpc.internal.brpc2.frame.SmallFrames;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a call on their way to a stream of its own: they wait until the stream
 * is open, and whenever the call has no credit.
 * <p>
 * Event-loop confined. The bytes of those that wait are in the session's budget.
 */
final class MessageQueue {

	private final CallSession session;

	private final Consumer<RuntimeException> onFailure;

	private final Queue<Payload> waiting = new ArrayDeque<>();

	private @Nullable StreamOutput output;

	private Credit credit = new Credit(0);

	private @Nullable Runnable behind;

	/**
	 * Makes a queue.
	 * @param session the session of the call
	 * @param onFailure told when a message could not be written
	 */
	MessageQueue(CallSession session, Consumer<RuntimeException> onFailure) {
		this.session = session;
		this.onFailure = onFailure;
	}

	/**
	 * The stream is open.
	 * @param output where messages go
	 * @param window the credit that the peer gives a call from the start
	 */
	void open(StreamOutput output, int window) {
		this.output = output;
		this.credit = new Credit(window);
		pump();
	}

	/**
	 * Sends a message as soon as it may go.
	 * @param payload the message, whose bytes are in the session's budget
	 */
	void send(Payload payload) {
		this.waiting.add(payload);
		pump();
	}

	/**
	 * The peer takes more.
	 * @param bytes how much more
	 */
	void credited(long bytes) {
		this.credit.add(bytes);
		pump();
	}

	/**
	 * Does something when the messages so far have gone, unless they are dropped.
	 * @param what what to do
	 */
	void behind(Runnable what) {
		this.behind = what;
		pump();
	}

	private void pump() {
		StreamOutput output = this.output;
		while (output != null && this.credit.isOpen() && !this.waiting.isEmpty()) {
			write(output, this.waiting.remove());
		}
		Runnable behind = this.behind;
		if (output != null && behind != null && this.waiting.isEmpty()) {
			this.behind = null;
			behind.run();
		}
	}

	private void write(StreamOutput output, Payload payload) {
		ByteBuf out = output.buffer();
		int before = out.writerIndex();
		this.credit.take(payload.length());
		output.charge(payload.length());
		try {
			SmallFrames.writeMessageHead(out, payload.encoding(), payload.length());
			payload.writeTo(out);
		}
		catch (RuntimeException ex) {
			out.writerIndex(before);
			this.onFailure.accept(ex);
		}
	}

	/**
	 * Forgets what waits, because it will not be sent.
	 */
	void drop() {
		this.behind = null;
		for (Payload payload = this.waiting.poll(); payload != null; payload = this.waiting.poll()) {
			this.session.budget().remove(payload.length());
		}
	}

}
