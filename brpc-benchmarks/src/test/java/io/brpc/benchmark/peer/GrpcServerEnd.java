package io.brpc.benchmark.peer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.brpc.benchmark.proto.Envelope;
import io.brpc.benchmark.proto.TunnelGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.SSLSession;

/**
 * grpc-java over TCP and TLS 1.3, which finds the client to call back by the TCP
 * connection of the call. Not safe for use by several threads.
 */
final class GrpcServerEnd implements End {

	private static final Context.Key<ServerCall<?, ?>> CALL = Context.key("call");

	private final TcpLoops loops = new TcpLoops();

	private final Map<SocketAddress, TunnelCaller> clients = new ConcurrentHashMap<>();

	private final Server server;

	private volatile SSLSession session;

	GrpcServerEnd(Certificates certificates, String host) throws IOException {
		this.server = NettyServerBuilder.forAddress(new InetSocketAddress(host, 0))
			.channelType(this.loops.serverChannel())
			.bossEventLoopGroup(this.loops.group())
			.workerEventLoopGroup(this.loops.group())
			.directExecutor()
			.sslContext(GrpcSslContexts
				.configure(SslContextBuilder.forServer(certificates.server(), certificates.key()), SslProvider.OPENSSL)
				.protocols("TLSv1.3")
				.build())
			.intercept(new CallInterceptor())
			.addService(new EchoService(() -> this.clients.get(remoteAddress())))
			.addService(new TunnelService())
			.build()
			.start();
	}

	private static SocketAddress remoteAddress() {
		return CALL.get().getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
	}

	@Override
	public int port() {
		return this.server.getPort();
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
	public List<TunnelCaller> callers() {
		return List.copyOf(this.clients.values());
	}

	@Override
	public Map<String, String> settings() {
		return TlsSettings.of(this.session);
	}

	private static final class CallInterceptor implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			return Contexts.interceptCall(Context.current().withValue(CALL, call), call, headers, next);
		}

	}

	private final class TunnelService extends TunnelGrpc.TunnelImplBase {

		@Override
		public StreamObserver<Envelope> attach(StreamObserver<Envelope> requests) {
			GrpcServerEnd end = GrpcServerEnd.this;
			end.session = CALL.get().getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
			SocketAddress address = remoteAddress();
			TunnelCaller caller = new TunnelCaller(requests, () -> end.clients.remove(address));
			end.clients.put(address, caller);
			return caller;
		}

	}

}
