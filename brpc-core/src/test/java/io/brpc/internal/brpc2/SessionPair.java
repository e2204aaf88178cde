package io.brpc.internal.brpc2;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

import io.brpc.TransportSettings;
import io.brpc.internal.quic.ConnectionAcceptor;
import io.brpc.internal.quic.ConnectionEvents;
import io.brpc.internal.quic.DatagramTransport;
import io.brpc.internal.quic.QuicDialer;
import io.brpc.internal.quic.QuicListener;
import io.brpc.internal.quic.QuicTls;
import io.brpc.testing.TestCertificates;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.quic.QuicChannel;

/**
 * Two ends on this machine's loopback, with a real QUIC connection between them. Safe for
 * use by any thread.
 */
final class SessionPair implements AutoCloseable {

	/**
	 * A stream that nobody reads takes a sixteenth of the connection's credit.
	 */
	static final TransportSettings TRANSPORT = TransportSettings.defaults().withFlowControl(4 << 20, 256 << 10);

	private static final long LIMIT_SECONDS = 30;

	private final EventLoopGroup serverLoops = DatagramTransport.best().newEventLoopGroup("brpc-server-pair");

	private final EventLoopGroup clientLoops = DatagramTransport.best().newEventLoopGroup("brpc-client-pair");

	private final SessionPeer server;

	private final SessionPeer client;

	private final Channel listener;

	SessionPair(SessionPeer server, SessionPeer client) {
		this(server, client, TRANSPORT);
	}

	SessionPair(SessionPeer server, SessionPeer client, TransportSettings transport) {
		this(server, client, transport, IntUnaryOperator.identity());
	}

	/**
	 * Connects the two.
	 * @param server the end that listens
	 * @param client the end that dials
	 * @param transport how the connection behaves
	 * @param route which port leads to the port of the server
	 */
	SessionPair(SessionPeer server, SessionPeer client, TransportSettings transport, IntUnaryOperator route) {
		this.server = server;
		this.client = client;
		this.listener = listen(this.serverLoops, server, transport);
		int port = route.applyAsInt(((InetSocketAddress) this.listener.localAddress()).getPort());
		QuicTls tls = QuicTls.forClient(TestCertificates.shared().clientCredentials(), List.of("brpc/2"));
		this.clientLoops.next()
			.execute(() -> QuicDialer.dial(DatagramTransport.best(), this.clientLoops.next(),
					new InetSocketAddress("127.0.0.1", port), "localhost", transport, client.settings().streamCredit(),
					tls, client));
		server.awaitReady();
		client.awaitReady();
	}

	/**
	 * Binds a socket for one connection.
	 * @param loops where it lives
	 * @param events told of the connection
	 * @param transport how it behaves
	 * @return the socket
	 */
	static Channel listen(EventLoopGroup loops, SessionPeer events, TransportSettings transport) {
		QuicTls tls = QuicTls.forServer(TestCertificates.shared().serverCredentials(), List.of("brpc/2"));
		return QuicListener
			.bind(DatagramTransport.best(), loops.next(), new InetSocketAddress("127.0.0.1", 0), transport,
					events.settings().streamCredit(), tls, new Acceptor(events))
			.syncUninterruptibly()
			.channel();
	}

	SessionPeer server() {
		return this.server;
	}

	SessionPeer client() {
		return this.client;
	}

	/**
	 * Returns one of the two.
	 * @param side which
	 * @return the peer
	 */
	SessionPeer peer(Side side) {
		return (side == Side.SERVER) ? this.server : this.client;
	}

	@Override
	public void close() {
		this.client.quic().close().awaitUninterruptibly(LIMIT_SECONDS, TimeUnit.SECONDS);
		this.server.quic().close().awaitUninterruptibly(LIMIT_SECONDS, TimeUnit.SECONDS);
		this.client.awaitClosed();
		this.server.awaitClosed();
		this.listener.close().awaitUninterruptibly(LIMIT_SECONDS, TimeUnit.SECONDS);
		this.clientLoops.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
		this.serverLoops.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
	}

	/**
	 * Takes every connection.
	 */
	private record Acceptor(SessionPeer events) implements ConnectionAcceptor {

		@Override
		public boolean hasRoom() {
			return true;
		}

		@Override
		public boolean verifiesAddress() {
			return false;
		}

		@Override
		public ConnectionEvents accept(QuicChannel channel) {
			return this.events;
		}

	}

}
