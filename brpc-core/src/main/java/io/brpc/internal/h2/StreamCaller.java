package io.brpc.internal.h2;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * The calling role: gRPC channels whose transports are QUIC streams. Not instantiable.
 */
public final class StreamCaller {

	/**
	 * gRPC takes an idle channel's transport down, and with it the calls of the other
	 * direction; this is long enough for it to never do so.
	 */
	private static final long NEVER_IDLE_DAYS = 40;

	/**
	 * The authority of callbacks. It is the same for all clients because meters are
	 * tagged with it.
	 */
	private static final String CALLBACK_AUTHORITY = "brpc";

	private StreamCaller() {
	}

	/**
	 * Returns the builder of a channel that dials, and dials again.
	 * @param target a target as gRPC's name resolvers understand it
	 * @param loops where the dialed connections live
	 * @param connector dials
	 * @return the builder
	 */
	public static ManagedChannelBuilder<?> dialing(String target, EventLoopGroup loops,
			StreamChannel.Connector connector) {
		return common(NettyChannelBuilder.forTarget(target)).eventLoopGroup(loops)
			.channelFactory(() -> StreamChannel.calling(connector));
	}

	/**
	 * Returns the builder of a channel over a stream that is there already. It can't
	 * reconnect: when the stream has ended, its calls fail with the owner's status.
	 * @param stream the stream
	 * @param owner its connection
	 * @return the builder
	 */
	public static ManagedChannelBuilder<?> on(QuicStreamChannel stream, StreamOwner owner) {
		AtomicReference<QuicStreamChannel> unused = new AtomicReference<>(stream);
		StreamChannel.Connector connector = (channel, remote) -> {
			QuicStreamChannel first = unused.getAndSet(null);
			if (first != null) {
				channel.connected(first, owner);
			}
			else {
				channel.connectFailed(owner.lossStatus());
			}
		};
		SocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
		return common(NettyChannelBuilder.forAddress(anywhere)).eventLoopGroup(stream.eventLoop())
			.overrideAuthority(CALLBACK_AUTHORITY)
			.disableRetry()
			.channelFactory(() -> StreamChannel.calling(connector));
	}

	private static NettyChannelBuilder common(NettyChannelBuilder builder) {
		return builder.usePlaintext()
			.proxyDetector((target) -> null)
			.withOption(ChannelOption.SO_KEEPALIVE, null)
			.idleTimeout(NEVER_IDLE_DAYS, TimeUnit.DAYS);
	}

}
