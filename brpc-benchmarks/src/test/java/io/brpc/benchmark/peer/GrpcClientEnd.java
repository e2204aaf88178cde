package io.brpc.benchmark.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import io.brpc.benchmark.proto.TunnelGrpc;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;

/**
 * Clients of {@link GrpcServerEnd}, all on one event loop. Not safe for use by several
 * threads.
 */
final class GrpcClientEnd implements End {

	private static final int PATIENCE_SECONDS = 60;

	private final TcpLoops loops = new TcpLoops();

	private final List<ManagedChannel> channels = new ArrayList<>();

	private final SslContext tls;

	private final String host;

	private final int port;

	GrpcClientEnd(Certificates certificates, String host, int port) throws Exception {
		this.tls = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
			.trustManager(certificates.authority())
			.protocols("TLSv1.3")
			.build();
		this.host = host;
		this.port = port;
	}

	@Override
	public int port() {
		return 0;
	}

	private ManagedChannel newChannel() {
		ManagedChannel channel = NettyChannelBuilder.forAddress(this.host, this.port)
			.overrideAuthority("localhost")
			.channelType(this.loops.channel())
			.eventLoopGroup(this.loops.group())
			.directExecutor()
			.sslContext(this.tls)
			.build();
		TunnelGrpc.newStub(channel).attach(new TunnelServed());
		// Calls of one channel arrive in order: the tunnel is there when this one is
		// handled.
		ExerciseGrpc.newBlockingStub(channel)
			.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
			.unary(Payload.newBuilder().setCount(1).build());
		return channel;
	}

	@Override
	public void connect(int count) {
		for (int i = 0; i < count; i++) {
			this.channels.add(newChannel());
		}
	}

	@Override
	public void connectOnce() {
		newChannel().shutdownNow();
	}

	@Override
	public List<StubCaller> callers() {
		return this.channels.stream().map(StubCaller::new).toList();
	}

	@Override
	public Map<String, String> settings() {
		// The session is the server's to tell.
		return new TreeMap<>(Map.of("loops", "1", "handlers", "direct"));
	}

}
