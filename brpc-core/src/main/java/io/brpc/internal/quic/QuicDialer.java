package io.brpc.internal.quic;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.brpc.CloseReason;
import io.brpc.CloseReason.Origin;
import io.brpc.TransportSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to reach a server: a UDP socket of its own, connected to the server's
 * address, so that the kernel tells at once when nobody listens there, and one QUIC
 * connection on it.
 * <p>
 * QUIC doubles its patience with each packet of a handshake that it sends in vain (RFC
 * 9002, section 6.2), so that it could be seconds late where a dead path comes back. So
 * as long as nothing has arrived at all, another connection begins every second, and the
 * first one that is established is the one that counts.
 * <p>
 * Event-loop confined.
 */
public final class QuicDialer {

	private static final long NEXT_AFTER_MILLIS = 1000;

	private final DatagramTransport transport;

	private final EventLoop loop;

	private final InetSocketAddress server;

	private final String serverName;

	private final QuicTls tls;

	private final Duration maxIdleTimeout;

	private final ConnectionEvents events;

	private final List<Runner> runners = new ArrayList<>();

	private @Nullable Runner winner;

	private @Nullable Channel datagrams;

	private boolean aborted;

	private boolean failed;

	private QuicDialer(DatagramTransport transport, EventLoop loop, InetSocketAddress server, String serverName,
			QuicTls tls, Duration maxIdleTimeout, ConnectionEvents events) {
		this.transport = transport;
		this.loop = loop;
		this.server = server;
		this.serverName = serverName;
		this.tls = tls;
		this.maxIdleTimeout = maxIdleTimeout;
		this.events = events;
	}

	/**
	 * Dials.
	 * @param transport the kind of socket
	 * @param loop where socket and connection live, one of
	 * {@link DatagramTransport#newEventLoopGroup}; the caller is on it
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
		QuicDialer dialer = new QuicDialer(transport, loop, server, serverName, tls, settings.maxIdleTimeout(), events);
		Runner first = dialer.newRunner();
		transport.newBootstrap(loop)
			.handler(new ChannelInboundHandlerAdapter())
			.connect(server)
			.addListener((ChannelFutureListener) (connected) -> dialer.socketReady(connected, settings, credit, first));
		return dialer;
	}

	private Runner newRunner() {
		Runner runner = new Runner();
		this.runners.add(runner);
		return runner;
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
		Channel datagrams = this.datagrams;
		if (datagrams != null) {
			PromiseCombiner closed = new PromiseCombiner(this.loop);
			this.runners.forEach((runner) -> runner.close(closed));
			Promise<Void> allClosed = this.loop.newPromise();
			allClosed.addListener((done) -> datagrams.close());
			closed.finish(allClosed);
		}
	}

	private void socketReady(ChannelFuture connected, TransportSettings settings, StreamCredit credit, Runner first) {
		if (!connected.isSuccess()) {
			first.handler.fail(connected.cause());
			return;
		}
		Channel datagrams = connected.channel();
		if (this.aborted) {
			datagrams.close();
			first.handler.fail(new CloseReason(Origin.LOCAL, "given up"));
			return;
		}
		this.datagrams = datagrams;
		ClientSocketHandler socket = codec(datagrams, settings, credit).newSocketHandler();
		datagrams.pipeline().addLast(socket, new UnreachableHandler());
		datagrams.closeFuture().addListener((closed) -> closeAllBut(null));
		first.connect(datagrams);
		beginNextLater(datagrams, socket);
	}

	private ClientCodec codec(Channel datagrams, TransportSettings settings, StreamCredit credit) {
		InetAddress local = ((InetSocketAddress) datagrams.localAddress()).getAddress();
		int maxDatagramSize = this.transport.maxDatagramSize(settings, local);
		return QuicEventLoopGroup.clientCodec(this.loop, this.transport,
				new ClientCodec.Key(settings, maxDatagramSize, credit));
	}

	private void closeAllBut(@Nullable Runner kept) {
		for (Runner runner : List.copyOf(this.runners)) {
			QuicChannel channel = runner.handler.channel();
			if (runner != kept && channel != null) {
				channel.close();
			}
		}
	}

	private void beginNextLater(Channel datagrams, ClientSocketHandler socket) {
		Future<?> next = this.loop.schedule(() -> {
			if (!this.aborted && this.winner == null && !socket.hasRead()) {
				newRunner().connect(datagrams);
				beginNextLater(datagrams, socket);
			}
		}, NEXT_AFTER_MILLIS, TimeUnit.MILLISECONDS);
		datagrams.closeFuture().addListener((closed) -> next.cancel(false));
	}

	/**
	 * One of the connections that are tried.
	 */
	private final class Runner implements ConnectionEvents {

		private final ConnectionEventHandler handler = new ConnectionEventHandler(this, QuicDialer.this.tls,
				QuicDialer.this.maxIdleTimeout);

		void connect(Channel datagrams) {
			ClientCodec.newBootstrap(datagrams, this::newEngine)
				.handler(this.handler)
				.streamHandler(new ChannelInboundHandlerAdapter())
				.option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, QuicDialer.this.transport.segments())
				.remoteAddress(QuicDialer.this.server)
				.connect()
				.addListener((Future<QuicChannel> connected) -> {
					if (!connected.isSuccess()) {
						this.handler.fail(connected.cause());
					}
				});
		}

		private QuicSslEngine newEngine(QuicChannel channel) {
			return QuicDialer.this.tls.newEngine(channel, QuicDialer.this.serverName, QuicDialer.this.server.getPort());
		}

		void close(PromiseCombiner closed) {
			QuicChannel channel = this.handler.channel();
			if (channel != null) {
				closed.add(channel.close());
			}
		}

		@Override
		public void established(QuicChannel channel) {
			if (QuicDialer.this.winner != null || QuicDialer.this.failed) {
				return;
			}
			QuicDialer.this.winner = this;
			Channel datagrams = channel.parent();
			channel.closeFuture().addListener((closed) -> datagrams.close());
			// Not now, out of the codec.
			QuicDialer.this.loop.execute(() -> closeAllBut(this));
			QuicDialer.this.events.established(channel);
		}

		@Override
		public void streamOpened(QuicStreamChannel stream) {
			if (QuicDialer.this.winner == this) {
				QuicDialer.this.events.streamOpened(stream);
			}
		}

		@Override
		public void closed(CloseReason reason) {
			if (QuicDialer.this.winner == this) {
				QuicDialer.this.events.closed(reason);
			}
			else if (QuicDialer.this.winner == null && !QuicDialer.this.failed) {
				QuicDialer.this.failed = true;
				abort();
				QuicDialer.this.events.closed(reason);
			}
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
			if (QuicDialer.this.winner == null) {
				List.copyOf(QuicDialer.this.runners).forEach((runner) -> runner.handler.fail(cause));
			}
		}

	}

}
