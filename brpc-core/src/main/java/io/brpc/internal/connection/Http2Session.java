package io.brpc.internal.connection;

import java.util.Objects;

import io.brpc.internal.h2.SendQueue;
import io.grpc.Channel;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The wire brpc/1, as far as both sides do the same: two gRPC streams, one for each
 * direction of calls.
 * <p>
 * Event-loop confined, as {@link Session} says.
 */
abstract class Http2Session implements Session {

	private final GrpcStream forward = new GrpcStream(this, "forward");

	private final GrpcStream reverse = new GrpcStream(this, "reverse");

	private @Nullable Connection connection;

	private @Nullable SendQueue sendQueue;

	@Override
	public void attach(Connection connection) {
		this.connection = connection;
		this.sendQueue = new SendQueue("brpc connection " + connection.id(), connection.settings().maxQueuedBytes());
	}

	final boolean isAttached() {
		return this.connection != null;
	}

	/**
	 * Returns the connection, from {@link #attach} on.
	 * @return the connection
	 */
	final Connection connection() {
		return Objects.requireNonNull(this.connection, "connection");
	}

	final SendQueue sendQueue() {
		return Objects.requireNonNull(this.sendQueue, "sendQueue");
	}

	final GrpcStream forward() {
		return this.forward;
	}

	final GrpcStream reverse() {
		return this.reverse;
	}

	/**
	 * The peer speaks gRPC on a stream, as it should.
	 * @param stream the stream
	 */
	abstract void peerSpoke(GrpcStream stream);

	/**
	 * One end of a stream, or the other, has ended in an orderly way, after the set-up.
	 * @param stream the stream
	 */
	abstract void afterEnd(GrpcStream stream);

	final void streamEnded(GrpcStream stream) {
		Connection connection = connection();
		if (connection.life().partEnded(stream.toString(), stream.isRemoteEnded())) {
			afterEnd(stream);
			connection.life().closeIfEnded();
		}
	}

	/**
	 * The peer wants no more calls on a stream. If that is the forward stream, it drains
	 * the connection; the reverse stream follows by itself.
	 * @param stream the stream
	 */
	final void toldToGo(GrpcStream stream) {
		if (stream == this.forward) {
			connection().life().toldToGo();
		}
	}

	@Override
	public final void drain() {
		this.forward.drain();
	}

	@Override
	public final void shutdown() {
		// The gRPC channel or server, which the forward stream belongs to, is shut down
		// beside, and ends it.
	}

	@Override
	public void fail(Status status) {
		this.forward.fail(status);
		this.reverse.fail(status);
	}

	@Override
	public final boolean isEnded() {
		return this.forward.isEnded() && this.reverse.isEnded();
	}

	@Override
	public final boolean isLocalEnded() {
		return this.forward.isLocalEnded() && this.reverse.isLocalEnded();
	}

	@Override
	public final boolean isForwardEnded() {
		return this.forward.isEnded();
	}

	@Override
	public final @Nullable Channel direct() {
		return null;
	}

	@Override
	public final int inboundCalls() {
		return this.forward.inboundCalls() + this.reverse.inboundCalls();
	}

	@Override
	public final int outboundCalls() {
		return this.forward.outboundCalls() + this.reverse.outboundCalls();
	}

	@Override
	public final long queuedBytes() {
		SendQueue queue = this.sendQueue;
		return (queue != null) ? queue.bytes() : 0;
	}

}
