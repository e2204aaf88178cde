package io.brpc.benchmark.peer;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.rsocket.core.RSocketServer;
import io.rsocket.frame.decoder.PayloadDecoder;
import io.rsocket.transport.netty.server.CloseableChannel;
import io.rsocket.transport.netty.server.TcpServerTransport;
import javax.net.ssl.SSLSession;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * RSocket over TCP and TLS 1.3. Not safe for use by several threads.
 */
final class RSocketServerEnd implements End {

	private final List<RSocketCaller> clients = new CopyOnWriteArrayList<>();

	private final CloseableChannel server;

	private volatile SSLSession session;

	RSocketServerEnd(Certificates certificates, String host) throws Exception {
		SslContext tls = SslContextBuilder.forServer(certificates.server(), certificates.key())
			.sslProvider(SslProvider.OPENSSL)
			.protocols("TLSv1.3")
			.build();
		TcpServer tcp = TcpServer.create()
			.host(host)
			.port(0)
			.runOn(LoopResources.create("rsocket", 1, true))
			.secure((spec) -> spec.sslContext(tls))
			.doOnChannelInit((observer, channel, remote) -> remember(channel));
		this.server = RSocketServer.create((setup, socket) -> {
			RSocketCaller caller = new RSocketCaller(socket);
			this.clients.add(caller);
			socket.onClose().doFinally((signal) -> this.clients.remove(caller)).subscribe();
			return Mono.just(new RSocketHandler(caller));
		}).payloadDecoder(PayloadDecoder.ZERO_COPY).bindNow(TcpServerTransport.create(tcp));
	}

	private void remember(Channel channel) {
		SslHandler handler = channel.pipeline().get(SslHandler.class);
		handler.handshakeFuture().addListener((done) -> this.session = handler.engine().getSession());
	}

	@Override
	public int port() {
		return this.server.address().getPort();
	}

	@Override
	public void connect(int count) {
		throw new UnsupportedOperationException("a server is connected to");
	}

	@Override
	public void connectOnce() {
		connect(1);
	}

	@Override
	public List<RSocketCaller> callers() {
		return this.clients;
	}

	@Override
	public Map<String, String> settings() {
		return TlsSettings.of(this.session);
	}

}
