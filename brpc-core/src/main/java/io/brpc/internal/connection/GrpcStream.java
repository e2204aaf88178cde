package io.brpc.internal.connection;

import java.net.SocketAddress;
import java.time.Duration;

import io.brpc.CloseCode;
import io.brpc.internal.h2.SendQueue;
import io.brpc.internal.h2.StreamChannel;
import io.brpc.internal.h2.StreamOwner;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One of the two gRPC streams of a connection by brpc/1: which of its ends have ended.
 * Event-loop confined.
 */
final class GrpcStream implements StreamOwner {

	private final Http2Session session;

	private final String name;

	private @Nullable StreamChannel channel;

	private volatile boolean spoken;

	private boolean localEnded;

	private boolean remoteEnded;

	GrpcStream(Http2Session session, String name) {
		this.session = session;
		this.name = name;
	}

	/**
	 * Tells whether the peer has said anything on this stream. May be asked by any
	 * thread.
	 * @return whether it has
	 */
	boolean hasSpoken() {
		return this.spoken;
	}

	boolean isLocalEnded() {
		return this.localEnded;
	}

	boolean isRemoteEnded() {
		return this.remoteEnded;
	}

	/**
	 * Tells whether nothing more will come or go: our FIN is behind all we had to say,
	 * and the peer's shows that it has said all. Only then does closing QUIC lose
	 * nothing.
	 * @return whether both ends have ended
	 */
	boolean isEnded() {
		return this.localEnded && this.remoteEnded;
	}

	/**
	 * Returns how many calls are in flight that the other end makes on this stream.
	 * @return the number
	 */
	int inboundCalls() {
		return (this.channel != null && this.channel.isServing()) ? this.channel.callCount() : 0;
	}

	/**
	 * Returns how many calls are in flight that this end makes on this stream.
	 * @return the number
	 */
	int outboundCalls() {
		return (this.channel != null && !this.channel.isServing()) ? this.channel.callCount() : 0;
	}

	/**
	 * Lets the calls on this stream finish, takes no more, and then ends it.
	 */
	void drain() {
		if (this.channel != null) {
			this.channel.drain();
		}
	}

	/**
	 * Ends the calls on this stream at once.
	 * @param status what they end with
	 */
	void fail(Status status) {
		if (this.channel != null) {
			this.channel.fail(status);
		}
	}

	@Override
	public void attached(StreamChannel channel) {
		this.channel = channel;
	}

	@Override
	public SocketAddress localAddress() {
		return this.session.connection().localAddress();
	}

	@Override
	public SocketAddress remoteAddress() {
		return this.session.connection().peerAddress();
	}

	@Override
	public Status lossStatus() {
		return this.session.connection().life().lossStatus("the peer ended the gRPC stream");
	}

	@Override
	public SendQueue sendQueue() {
		return this.session.sendQueue();
	}

	@Override
	public Duration stallTimeout() {
		return this.session.connection().settings().maxIdleTimeout();
	}

	@Override
	public void stalled() {
		this.session.connection()
			.life()
			.stalled(this + ": the peer has read nothing for " + stallTimeout().toMillis() + " ms");
	}

	@Override
	public void wrote() {
		this.session.connection().life().wrote();
	}

	@Override
	public void peerSpoke() {
		this.spoken = true;
		if (this.session.connection().life().state() != ConnectionState.CLOSED) {
			this.session.peerSpoke(this);
		}
	}

	@Override
	public void toldToGo() {
		this.session.toldToGo(this);
	}

	@Override
	public void localEnded() {
		this.localEnded = true;
		this.session.streamEnded(this);
	}

	@Override
	public void remoteEnded() {
		this.remoteEnded = true;
		if (this.spoken) {
			this.session.streamEnded(this);
		}
		else {
			broken("the peer ended it before it said anything");
		}
	}

	@Override
	public void broken(String reason) {
		this.session.connection().life().closeNow(CloseCode.STREAM_LOST, this + ": " + reason);
	}

	@Override
	public void notUnderstood(String reason) {
		this.session.connection().life().closeNow(CloseCode.PROTOCOL_ERROR, this + ": " + reason);
	}

	@Override
	public String toString() {
		return this.name + " gRPC stream";
	}

}
