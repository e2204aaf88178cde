package io.brpc.internal.h2;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.brpc.CallLimits;
import io.grpc.ServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * The serving role: a gRPC server that is handed QUIC streams instead of accepting
 * sockets. One of them serves the streams of all connections.
 * <p>
 * Immutable.
 */
public final class StreamServer {

	private final StreamServerChannel channel = new StreamServerChannel();

	private final NettyServerBuilder builder = NettyServerBuilder.forAddress(StreamServerChannel.ADDRESS)
		.channelFactory(() -> this.channel)
		// gRPC would set it on every stream, and Netty warn that a stream does not have
		// it.
		.withChildOption(ChannelOption.SO_KEEPALIVE, null)
		// How often a client may ping is a matter of QUIC's idle time-out, not of gRPC's.
		.permitKeepAliveTime(1, TimeUnit.SECONDS)
		.permitKeepAliveWithoutCalls(true);

	/**
	 * Returns the builder of the gRPC server. It takes services, interceptors, limits and
	 * an executor as ever; {@link #eventLoops} has to be called before it builds.
	 * @return the builder
	 */
	public ServerBuilder<?> builder() {
		return this.builder;
	}

	/**
	 * Sets where streams live.
	 * @param loops the loops of the QUIC connections
	 */
	public void eventLoops(EventLoopGroup loops) {
		this.builder.bossEventLoopGroup(loops).workerEventLoopGroup(new PinnedEventLoopGroup(loops));
	}

	/**
	 * Bounds the calls of each stream.
	 * @param limits how many calls, and how many of them may be cancelled
	 */
	public void limits(CallLimits limits) {
		this.builder.maxConcurrentCallsPerConnection(limits.maxConcurrentCalls())
			.maxRstFramesPerWindow(limits.maxResetsPerSecond(), 1);
	}

	/**
	 * Lets the serving end ask for signs of life on a silent stream.
	 * @param interval the silence after which it asks
	 * @param timeout how long it waits for an answer before it closes the stream
	 */
	public void keepAlive(Duration interval, Duration timeout) {
		this.builder.keepAliveTime(interval.toMillis(), TimeUnit.MILLISECONDS)
			.keepAliveTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Serves a stream. The server has been started; the caller is on the stream's loop.
	 * @param stream a stream that nothing was read from
	 * @param owner its connection
	 * @return the stream's channel
	 */
	public StreamChannel accept(QuicStreamChannel stream, StreamOwner owner) {
		StreamChannel accepted = StreamChannel.serving(this.channel, stream, owner);
		this.channel.pipeline().fireChannelRead(accepted);
		this.channel.pipeline().fireChannelReadComplete();
		return accepted;
	}

}
