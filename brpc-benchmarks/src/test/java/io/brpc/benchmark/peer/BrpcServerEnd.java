package io.brpc.benchmark.peer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.AdmissionLimits;
import io.brpc.BrpcConnection;
import io.brpc.CallbackLimits;
import io.brpc.ClientStub;
import io.brpc.TransportSettings;
import io.brpc.Wire;
import io.brpc.server.BrpcServer;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.TlsServerCredentials;
import io.grpc.util.MutableHandlerRegistry;

/**
 * The server of this project. Not safe for use by several threads.
 */
final class BrpcServerEnd implements End {

	private static final int MANY = 100_000;

	private final BrpcServer server;

	private final ClientStub<Channel> clients;

	BrpcServerEnd(Certificates certificates, String host, String wire) throws IOException {
		MutableHandlerRegistry services = new MutableHandlerRegistry();
		this.server = BrpcServerBuilder
			.forAddress(new InetSocketAddress(host, 0),
					TlsServerCredentials.create(certificates.server(), certificates.key()))
			.directExecutor()
			.transportSettings(settings(wire))
			.admissionLimits(new AdmissionLimits(MANY, MANY, MANY, 0))
			.callbackLimits(new CallbackLimits(CallbackLimits.defaults().defaultDeadline(), MANY))
			.fallbackHandlerRegistry(services)
			.build();
		this.clients = ClientStub.of(this.server.connections(), (channel) -> channel);
		services.addService(new EchoService(() -> new StubCaller(this.clients.get())));
		this.server.start();
	}

	/**
	 * Returns how either end of this project's connections behaves.
	 * @param wire the only wire that is spoken
	 * @return the settings
	 */
	static TransportSettings settings(String wire) {
		return TransportSettings.defaults()
			.withWires(Arrays.stream(Wire.values())
				.filter((known) -> known.protocol().equals(wire))
				.findFirst()
				.orElseThrow(() -> new IllegalArgumentException("unknown wire " + wire)));
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

	private Collection<BrpcConnection> connections() {
		return this.server.connections().all();
	}

	@Override
	public List<StubCaller> callers() {
		return connections().stream().map((connection) -> new StubCaller(connection.channel())).toList();
	}

	@Override
	public Map<String, String> settings() {
		return TlsSettings.of(connections().iterator().next().sslSession());
	}

	@Override
	public int askAll(int concurrency, Duration limit) {
		AtomicInteger answered = new AtomicInteger();
		this.clients.fanOut()
			.concurrency(concurrency)
			.deadline(limit)
			.call(ExerciseGrpc.getUnaryMethod(), Payload.getDefaultInstance())
			.forEach((answer) -> {
				if (answer.status().isOk()) {
					answered.incrementAndGet();
				}
			});
		return answered.get();
	}

}
