package io.brpc.internal.quic;

import java.net.InetSocketAddress;

import io.brpc.TransportSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP socket that accepts QUIC connections. A client proves its address with a Retry
 * token first, if the acceptor asks for it. Immutable; its channel is event-loop
 * confined.
 */
public final class QuicListener {

	private static final Logger logger = LoggerFactory.getLogger(QuicListener.class);

	private QuicListener() {
	}

	/**
	 * Binds a socket.
	 * @param transport the kind of socket
	 * @param loop where the socket and all of its connections live
	 * @param address where to listen
	 * @param settings how connections behave
	 * @param credit how many streams a client may open
	 * @param tls the server's TLS
	 * @param acceptor decides about connections
	 * @return the bound datagram channel, whose closing closes all connections
	 */
	public static ChannelFuture bind(DatagramTransport transport, EventLoop loop, InetSocketAddress address,
			TransportSettings settings, StreamCredit credit, QuicTls tls, ConnectionAcceptor acceptor) {
		QuicServerCodecBuilder codec = QuicSettings
			.apply(new QuicServerCodecBuilder(), settings, transport.maxDatagramSize(settings, address.getAddress()),
					credit.bidirectional(), credit.unidirectional())
			.activeConnectionIdLimit(QuicSettings.CONNECTION_IDS_OF_CLIENT)
			.sslEngineProvider(tls::newEngine)
			.tokenHandler(new AddressTokens(System::currentTimeMillis, acceptor::hasRoom, acceptor::verifiesAddress))
			.option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, transport.segments())
			.handler(new ChannelInitializer<QuicChannel>() {
				@Override
				protected void initChannel(QuicChannel channel) {
					channel.pipeline()
						.addLast(new ConnectionEventHandler(acceptor.accept(channel), tls, settings.maxIdleTimeout()));
				}
			})
			.streamHandler(new UnreadStreamHandler());
		return transport.newBootstrap(loop).handler(new ChannelInitializer<Channel>() {
			@Override
			protected void initChannel(Channel channel) {
				channel.pipeline()
					.addLast(new InitialSizeFilter(), new ReadBatch(), codec.build(), new DatagramErrorHandler());
			}
		}).bind(address);
	}

	/**
	 * The streams' handler that the codec insists on; {@link ConnectionEventHandler}
	 * takes the streams before it comes to that.
	 */
	private static final class UnreadStreamHandler extends ChannelInitializer<QuicStreamChannel> {

		@Override
		protected void initChannel(QuicStreamChannel stream) {
			throw new IllegalStateException("nobody took " + stream);
		}

	}

	/**
	 * What arrives from anybody can't do more than leave a trace in the log.
	 */
	private static final class DatagramErrorHandler extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			logger.debug("ignored a datagram", cause);
		}

	}

}
