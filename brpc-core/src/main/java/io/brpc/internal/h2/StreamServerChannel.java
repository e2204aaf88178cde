package io.brpc.internal.h2;

import java.net.SocketAddress;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * What grpc-netty takes for its listening socket. It accepts nothing by itself: whoever
 * has a stream to serve hands its channel to the pipeline.
 * <p>
 * Event-loop confined; its state may be read by any thread.
 */
final class StreamServerChannel extends AbstractServerChannel {

	/**
	 * The address that gRPC "binds".
	 */
	static final SocketAddress ADDRESS = new SocketAddress() {
		@Override
		public String toString() {
			return "brpc";
		}
	};

	private final ChannelConfig config = new DefaultChannelConfig(this);

	private volatile boolean open = true;

	private volatile @Nullable SocketAddress bound;

	@Override
	protected void doBind(SocketAddress localAddress) {
		this.bound = localAddress;
	}

	@Override
	protected void doClose() {
		this.open = false;
	}

	@Override
	protected void doBeginRead() {
		// Streams come without being asked for.
	}

	@Override
	protected boolean isCompatible(EventLoop loop) {
		return true;
	}

	@Override
	protected @Nullable SocketAddress localAddress0() {
		return this.bound;
	}

	@Override
	public ChannelConfig config() {
		return this.config;
	}

	@Override
	public boolean isOpen() {
		return this.open;
	}

	@Override
	public boolean isActive() {
		return this.open && this.bound != null;
	}

}
