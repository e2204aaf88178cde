package io.brpc.internal.brpc2;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.brpc.internal.brpc2.frame.Settings;
import io.grpc.Compressor;
import io.grpc.MethodDescriptor.Marshaller;
import org.jspecify.annotations.Nullable;

/**
 * The messages that one end of a call sends: how they become bytes, and how many of these
 * wait for QUIC.
 * <p>
 * What waits may be asked and told by any thread; all else is the application's, which
 * does one thing at a time.
 */
final class SentMessages {

	/**
	 * How much may wait before the application is told to, as with gRPC's own transports.
	 */
	private static final int READY_BYTES = 32 << 10;

	private static final AtomicIntegerFieldUpdater<SentMessages> WAITING = AtomicIntegerFieldUpdater
		.newUpdater(SentMessages.class, "waiting");

	private final CallSession session;

	private volatile int waiting;

	private volatile int readyBytes = READY_BYTES;

	/**
	 * The only message of a call that travels whole. Its bytes are in the session's
	 * budget.
	 */
	private volatile @Nullable Payload kept;

	private @Nullable Compressor compressor;

	private boolean enabled = true;

	SentMessages(CallSession session) {
		this.session = session;
	}

	/**
	 * Compresses from now on, if the peer can read that.
	 * @param compressor null for no compression
	 */
	void compressWith(@Nullable Compressor compressor) {
		this.compressor = compressor;
	}

	/**
	 * Switches compression off and on again, for the messages that follow.
	 * @param enabled whether to compress
	 */
	void enableCompression(boolean enabled) {
		this.enabled = enabled;
	}

	/**
	 * Changes how much may wait before the application is told to.
	 * @param bytes more than zero
	 */
	void readyBelow(int bytes) {
		this.readyBytes = bytes;
	}

	/**
	 * Makes bytes of a message, or prepares to.
	 * @param <T> its type
	 * @param marshaller does so
	 * @param message the message
	 * @return what is to be sent
	 */
	<T> Payload payload(Marshaller<T> marshaller, T message) {
		Compressor compressor = this.compressor;
		Settings peer = this.session.peer();
		int encoding = (compressor != null && this.enabled && peer != null)
				? peer.encodings().indexOf(compressor.getMessageEncoding()) : -1;
		if (encoding >= 0 && compressor != null) {
			return Payload.compressed(marshaller, message, compressor, encoding);
		}
		return Payload.of(marshaller, message, this.session.turn().loop().inEventLoop());
	}

	/**
	 * Keeps the message of a call that travels whole until all else is there.
	 * @param payload the message, whose bytes are in the session's budget
	 * @return whether it is the only one; if not, its bytes have left the budget
	 */
	boolean keep(Payload payload) {
		Payload before = this.kept;
		if (before != null) {
			this.session.budget().remove(payload.length());
			return false;
		}
		this.kept = payload;
		return true;
	}

	/**
	 * Returns the message that is kept. Event loop.
	 * @return null if none is
	 */
	@Nullable Payload kept() {
		return this.kept;
	}

	/**
	 * Whoever has seen the message that is kept now answers for its bytes. Event loop.
	 */
	void handOver() {
		this.kept = null;
	}

	/**
	 * Drops the message that is kept, because the call is over. Event loop.
	 */
	void dropKept() {
		Payload payload = this.kept;
		if (payload != null) {
			this.kept = null;
			this.session.budget().remove(payload.length());
		}
	}

	/**
	 * A message begins to wait.
	 * @param count its bytes
	 */
	void add(int count) {
		WAITING.addAndGet(this, count);
	}

	/**
	 * Messages are with QUIC.
	 * @param count their bytes
	 * @return whether the application may be told that it can send again
	 */
	boolean written(int count) {
		int now = WAITING.addAndGet(this, -count);
		int limit = this.readyBytes;
		return now < limit && now + count >= limit;
	}

	/**
	 * Tells whether there is room.
	 * @return whether less waits than may
	 */
	boolean isReady() {
		return this.waiting < this.readyBytes;
	}

}
