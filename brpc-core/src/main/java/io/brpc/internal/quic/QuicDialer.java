package io.brpc.internal.quic;

import java.net.InetSocketAddress;

import io.brpc.CloseReason;
import io.brpc.CloseReason.Origin;
import io.brpc.TransportSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to reach a server: a UDP socket of its own, connected to the server's
 * address, so that the kernel tells at once when nobody listens there, and one QUIC
 * connection on it.
 * <p>
 * Event-loop confined.
 */
public final class QuicDialer {

	private final DatagramTransport transport;

	private final EventLoop loop;

	private final ConnectionEventHandler handler;

	private @Nullable Channel datagrams;

	private boolean aborted;

	private QuicDialer(DatagramTransport transport, EventLoop loop, ConnectionEventHandler handler) {
		this.transport = transport;
		this.loop = loop;
		this.handler = handler;
	}

	/**
	 * Dials.
	 * @param transport the kind of socket
	 * @param loop where socket and connection live; the caller is on it
	 * @param server the server's address
	 * @param serverName the name that the server's certificate has to have
	 * @param settings how the connection behaves
	 * @param credit how many streams the server may open
	 * @param tls the client's TLS
	 * @param events told of the outcome
	 * @return the attempt
	 */
	public static QuicDialer dial(DatagramTransport transport, EventLoop loop, InetSocketAddress server,
			String serverName, TransportSettings settings, StreamCredit credit, QuicTls tls, ConnectionEvents events) {
		ConnectionEventHandler handler = new ConnectionEventHandler(events, tls, settings.maxIdleTimeout());
		QuicDialer dialer = new QuicDialer(transport, loop, handler);
		ChannelHandler codec = QuicSettings
			.apply(new QuicClientCodecBuilder(), settings, credit.bidirectional(), credit.unidirectional())
			.sslEngineProvider((channel) -> tls.newEngine(channel, serverName, server.getPort()))
			.build();
		transport.newBootstrap(loop)
			.handler(new ChannelInboundHandlerAdapter())
			.connect(server)
			.addListener((ChannelFutureListener) (connected) -> dialer.socketReady(connected.channel(),
					connected.cause(), codec, server));
		return dialer;
	}

	/**
	 * Gives up. The events' {@code closed} still comes, if it has not come yet.
	 */
	public void abort() {
		assert this.loop.inEventLoop();
		if (!this.aborted) {
			this.aborted = true;
			// Not now: this may be called out of the codec, which then has an alert to
			// send.
			this.loop.execute(this::close);
		}
	}

	private void close() {
		QuicChannel quic = this.handler.channel();
		Channel datagrams = this.datagrams;
		if (quic != null && datagrams != null) {
			quic.close().addListener((closed) -> datagrams.close());
		}
		else if (datagrams != null) {
			datagrams.close();
		}
	}

	private void socketReady(Channel datagrams, @Nullable Throwable failure, ChannelHandler codec,
			InetSocketAddress server) {
		if (failure != null) {
			this.handler.fail(failure);
			return;
		}
		if (this.aborted) {
			datagrams.close();
			this.handler.fail(new CloseReason(Origin.LOCAL, "given up"));
			return;
		}
		this.datagrams = datagrams;
		datagrams.pipeline().addLast(new ReadBatch(), codec, new UnreachableHandler());
		QuicChannel.newBootstrap(datagrams)
			.handler(this.handler)
			.streamHandler(new ChannelInboundHandlerAdapter())
			.option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, this.transport.segments())
			.remoteAddress(server)
			.connect()
			.addListener((Future<QuicChannel> connected) -> quicReady(connected, datagrams));
	}

	private void quicReady(Future<QuicChannel> connected, Channel datagrams) {
		if (connected.isSuccess()) {
			connected.getNow().closeFuture().addListener((closed) -> datagrams.close());
		}
		else {
			this.handler.fail(connected.cause());
			abort();
		}
	}

	/**
	 * Believes the kernel that nobody listens only as long as there is no connection:
	 * later on, anybody could make it say so with a forged ICMP packet (RFC 9000, section
	 * 14.2.1).
	 */
	private final class UnreachableHandler extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			if (!QuicDialer.this.handler.isEstablished()) {
				QuicDialer.this.handler.fail(cause);
				abort();
			}
		}

	}

}
