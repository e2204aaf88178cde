package io.brpc.internal.brpc2;

import java.util.function.LongConsumer;

import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The messages that one end of a call receives on a stream: what they cost until the
 * application takes them, how they are read, and when the peer may send more. A call
 * whose messages come whole on a lane has none of this.
 * <p>
 * Messages arrive on the event loop; all else is told by the call's {@link Delivery}, one
 * at a time.
 *
 * @param <T> their type
 */
final class ReceivedMessages<T> {

	private final CallSession session;

	private final Marshaller<T> marshaller;

	private final int max;

	private final @Nullable CallTracers tracers;

	private final LongConsumer onTaken;

	/**
	 * What the application has taken and the peer was not told of.
	 */
	private long takenBytes;

	/**
	 * Makes a place for messages.
	 * @param session the session of the call
	 * @param marshaller makes objects of them
	 * @param max how large one may be, decompressed
	 * @param tracers told of them, if there are any
	 * @param onTaken told on the event loop how much more the peer may send, bytes
	 */
	ReceivedMessages(CallSession session, Marshaller<T> marshaller, int max, @Nullable CallTracers tracers,
			LongConsumer onTaken) {
		this.session = session;
		this.marshaller = marshaller;
		this.max = max;
		this.tracers = tracers;
		this.onTaken = onTaken;
	}

	/**
	 * A message has arrived.
	 * @param message the message
	 * @param delivery brings it to the application
	 * @return what ends the call, if there is no room for it; otherwise null
	 */
	@Nullable Status arrived(Message message, Delivery delivery) {
		if (!this.session.untaken().tryAdd(message.cost())) {
			return this.session.untaken().refusal();
		}
		if (!delivery.add(message)) {
			this.session.untaken().remove(message.cost());
		}
		delivery.wake();
		return null;
	}

	T read(Message message) {
		return message.read(this.marshaller, this.max, this.session.encodings(), this.tracers);
	}

	/**
	 * The application has taken a message.
	 * @param cost what it cost
	 */
	void taken(long cost) {
		this.session.untaken().remove(cost);
		this.takenBytes += cost;
		if (this.takenBytes * 2 >= this.session.settings().callWindow()) {
			long bytes = this.takenBytes;
			this.takenBytes = 0;
			this.session.turn().execute(() -> this.onTaken.accept(bytes));
		}
	}

}
