package io.brpc.benchmark.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.TransportSettings;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.client.SharedLoop;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.TlsChannelCredentials;

/**
 * Clients of this project, all on one event loop. Not safe for use by several threads.
 */
final class BrpcClientEnd implements End {

	/**
	 * Clients that connect at the same time.
	 */
	private static final int BATCH = 100;

	private static final int PATIENCE_SECONDS = 60;

	private final SharedLoop loop = new SharedLoop();

	private final List<BrpcClient> clients = new ArrayList<>();

	private final ChannelCredentials credentials;

	private final TransportSettings settings;

	private final String host;

	private final int port;

	BrpcClientEnd(Certificates certificates, String host, int port, String wire) {
		try {
			this.credentials = TlsChannelCredentials.newBuilder().trustManager(certificates.authority()).build();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.settings = BrpcServerEnd.settings(wire);
		this.host = host;
		this.port = port;
	}

	@Override
	public int port() {
		return 0;
	}

	private BrpcClient newClient() {
		BrpcClientBuilder builder = BrpcClientBuilder.forAddress(this.host, this.port, this.credentials)
			.serverName("localhost")
			.transportSettings(this.settings)
			.customizeChannel(ManagedChannelBuilder::directExecutor)
			.addService(new EchoService());
		this.loop.accept(builder);
		return builder.executor(Runnable::run).build();
	}

	@Override
	public void connect(int count) throws Exception {
		for (int done = 0; done < count; done += BATCH) {
			List<BrpcClient> batch = new ArrayList<>();
			for (int i = done; i < Math.min(done + BATCH, count); i++) {
				batch.add(newClient().start());
			}
			for (BrpcClient client : batch) {
				greet(client);
			}
			this.clients.addAll(batch);
		}
	}

	/**
	 * Waits for the connection by way of a call that is called back.
	 */
	private static void greet(BrpcClient client) {
		ExerciseGrpc.newBlockingStub(client.channel())
			.withWaitForReady()
			.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
			.unary(Payload.newBuilder().setCount(1).build());
	}

	@Override
	public void connectOnce() {
		BrpcClient client = newClient();
		greet(client);
		client.shutdown();
	}

	@Override
	public List<StubCaller> callers() {
		return this.clients.stream().map((client) -> new StubCaller(client.channel())).toList();
	}

	@Override
	public Map<String, String> settings() {
		BrpcConnection connection = this.clients.get(0).connection().orElseThrow();
		return TlsSettings.of(connection.sslSession());
	}

}
