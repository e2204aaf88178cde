package io.brpc.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.CallLimits;
import io.brpc.TransportSettings;
import io.brpc.Wire;
import io.brpc.internal.connection.DialSettings;
import io.brpc.internal.connection.CallExecutor;
import io.brpc.internal.connection.Dialer;
import io.brpc.internal.h2.StreamCaller;
import io.brpc.internal.h2.StreamServer;
import io.brpc.internal.quic.DatagramTransport;
import io.brpc.internal.quic.Alpn;
import io.brpc.internal.quic.QuicTls;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A client as it could be written by somebody who means ill: it connects as any other
 * does, by brpc/1, but its calls carry what metadata the test likes, and no connection ID
 * of their own. Safe for use by any thread.
 */
public final class Impostor implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final ExecutorService executor = Executors
		.newCachedThreadPool(new DefaultThreadFactory("brpc-client-impostor", true));

	private final EventLoopGroup loops;

	private final Dialer dialer;

	private final Server reverseServer;

	private final ManagedChannel channel;

	/**
	 * Makes a client that connects with its first call.
	 * @param server the server to dial
	 * @throws IOException never, because its gRPC server binds nothing
	 */
	public Impostor(TestServer server) throws IOException {
		DatagramTransport transport = DatagramTransport.best();
		TransportSettings settings = TransportSettings.defaults().withWires(Wire.BRPC_1);
		QuicTls tls = QuicTls.forClient(TestCertificates.shared().clientCredentials(), Alpn.names(settings));
		StreamServer reverseStreams = new StreamServer();
		this.loops = transport.newEventLoopGroup("brpc-client-impostor-quic");
		this.dialer = new Dialer(new DialSettings(transport, tls, settings, Duration.ZERO, Duration.ZERO),
				reverseStreams, CallLimits.defaults(), CallExecutor.of(this.executor, "brpc-client-impostor"));
		this.channel = StreamCaller.dialing("localhost:" + server.port(), this.loops, this.dialer)
			.executor(this.executor)
			.offloadExecutor(this.executor)
			.build();
		this.dialer.dialFor(this.channel);
		reverseStreams.eventLoops(this.loops);
		this.reverseServer = reverseStreams.builder().executor(this.executor).build().start();
	}

	public Channel channel() {
		return this.channel;
	}

	/**
	 * Waits until it is connected.
	 * @return the connection
	 */
	public BrpcConnection awaitConnection() {
		this.channel.getState(true);
		return await().atMost(PATIENCE).until(this.dialer::current, (found) -> found.isPresent()).orElseThrow();
	}

	@Override
	public void close() throws Exception {
		CompletableFuture<Void> drained = this.loops.submit(this.dialer::drain).get();
		this.channel.shutdown();
		drained.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		this.channel.shutdownNow();
		this.reverseServer.shutdownNow();
		assertThat(this.loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(PATIENCE.toMillis())).isTrue();
		this.executor.shutdown();
	}

}
