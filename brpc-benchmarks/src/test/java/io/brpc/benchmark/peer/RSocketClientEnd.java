package io.brpc.benchmark.peer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.brpc.testing.proto.Payload;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.rsocket.RSocket;
import io.rsocket.SocketAcceptor;
import io.rsocket.core.RSocketConnector;
import io.rsocket.frame.decoder.PayloadDecoder;
import io.rsocket.transport.netty.client.TcpClientTransport;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpClient;

/**
 * Clients of {@link RSocketServerEnd}, all on one event loop. Not safe for use by several
 * threads.
 */
final class RSocketClientEnd implements End {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final List<RSocket> sockets = new ArrayList<>();

	private final TcpClientTransport transport;

	RSocketClientEnd(Certificates certificates, String host, int port) throws Exception {
		SslContext tls = SslContextBuilder.forClient()
			.sslProvider(SslProvider.OPENSSL)
			.trustManager(certificates.authority())
			.protocols("TLSv1.3")
			.build();
		this.transport = TcpClientTransport.create(TcpClient.create(ConnectionProvider.newConnection())
			.host(host)
			.port(port)
			.runOn(LoopResources.create("rsocket", 1, true))
			.secure((spec) -> spec.sslContext(tls)));
	}

	@Override
	public int port() {
		return 0;
	}

	private RSocket newSocket() {
		RSocket socket = RSocketConnector.create()
			.payloadDecoder(PayloadDecoder.ZERO_COPY)
			.acceptor(SocketAcceptor.with(new RSocketHandler(null)))
			.connect(this.transport)
			.block(PATIENCE);
		new RSocketCaller(socket).ask(Payload.newBuilder().setCount(1).build()).block(PATIENCE);
		return socket;
	}

	@Override
	public void connect(int count) {
		for (int i = 0; i < count; i++) {
			this.sockets.add(newSocket());
		}
	}

	@Override
	public void connectOnce() {
		newSocket().dispose();
	}

	@Override
	public List<RSocketCaller> callers() {
		return this.sockets.stream().map(RSocketCaller::new).toList();
	}

	@Override
	public Map<String, String> settings() {
		// The session is the server's to tell.
		return new TreeMap<>(Map.of("loops", "1", "handlers", "direct"));
	}

}
