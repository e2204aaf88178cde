package io.brpc.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import tech.kwik.core.QuicStream;

/**
 * A brpc client without brpc: grpc-java over TCP on this machine, whose bytes kwik
 * carries on QUIC streams.
 */
final class KwikGrpcPeer implements AutoCloseable {

	private static final long NUDGE_MILLIS = 20;

	private final KwikClient quic;

	private final Server services;

	private final ManagedChannel channel;

	private final ScheduledExecutorService nudge = Executors.newSingleThreadScheduledExecutor();

	/**
	 * Connects and serves.
	 * @param port the brpc server's port on this machine
	 * @param served what the server may call
	 */
	KwikGrpcPeer(int port, BindableService... served) throws Exception {
		NettyServerBuilder builder = NettyServerBuilder.forAddress(loopback(0));
		for (BindableService service : served) {
			builder.addService(service);
		}
		this.services = builder.build().start();
		this.quic = KwikClient.connect(port);
		this.quic.readId();
		QuicStream reverse = this.quic.reverse();
		Pump.join(reverse, new Socket(loopback(0).getAddress(), this.services.getPort()));
		try (ServerSocket listener = new ServerSocket(0, 1, loopback(0).getAddress())) {
			this.channel = NettyChannelBuilder.forAddress(loopback(listener.getLocalPort())).usePlaintext().build();
			this.channel.getState(true);
			QuicStream forward = this.quic.connection().createStream(true);
			Pump.join(forward, listener.accept());
			this.nudge.scheduleAtFixedRate(() -> Pump.nudge(forward, reverse), NUDGE_MILLIS, NUDGE_MILLIS,
					TimeUnit.MILLISECONDS);
		}
	}

	private static InetSocketAddress loopback(int port) {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
	}

	KwikClient quic() {
		return this.quic;
	}

	Channel channel() {
		return this.channel;
	}

	@Override
	public void close() throws IOException, InterruptedException {
		this.nudge.shutdownNow();
		this.channel.shutdownNow();
		this.quic.close();
		this.services.shutdownNow();
		this.channel.awaitTermination(KwikClient.LIMIT_SECONDS, TimeUnit.SECONDS);
		this.services.awaitTermination(KwikClient.LIMIT_SECONDS, TimeUnit.SECONDS);
	}

}
