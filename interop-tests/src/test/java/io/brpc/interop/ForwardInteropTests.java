package io.brpc.interop;

import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.brpc.TransportSettings;
import io.brpc.Wire;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServer;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.TestCertificates;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.testing.integration.AbstractInteropTest;
import org.jspecify.annotations.Nullable;
import org.junit.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * gRPC's interop suite, the calls going from a client to the server that it dialed.
 */
public class ForwardInteropTests extends AbstractInteropTest {

	private static final long TERMINATION_SECONDS = 10;

	private @Nullable BrpcServer server;

	@Override
	protected ServerBuilder<?> getServerBuilder() {
		BrpcServerBuilder builder = BrpcServerBuilder
			.forPort(0, TestCertificates.shared().serverCredentials(ClientAuth.REQUIRE))
			.transportSettings(settings())
			.maxInboundMessageSize(MAX_MESSAGE_SIZE);
		return new SuiteServerBuilder((wish) -> wish.accept(builder), () -> this.server = builder.build())
			.addStreamTracerFactory(createCustomCensusTracerFactory())
			.addStreamTracerFactory(Census.serverTracing());
	}

	/**
	 * Returns what both ends have.
	 * @return settings that offer one wire
	 */
	TransportSettings settings() {
		return TransportSettings.defaults().withWires(Wire.BRPC_1);
	}

	final BrpcServer server() {
		return Objects.requireNonNull(this.server, "server");
	}

	@Override
	protected ManagedChannelBuilder<?> createChannelBuilder() {
		return new SuiteChannelBuilder(this::connect).maxInboundMessageSize(MAX_MESSAGE_SIZE)
			.intercept(createCensusStatsClientInterceptor(), Census.clientTracing());
	}

	private ManagedChannel connect(SuiteChannelBuilder wishes) {
		BrpcClient client = BrpcClientBuilder
			.forAddress("localhost", server().getPort(), TestCertificates.shared().clientCredentials("CN=suite"))
			.transportSettings(settings())
			.reconnect(Reconnects.SOON)
			.customizeChannel(wishes::applyTo)
			.intercept(wishes.interceptors().toArray(ClientInterceptor[]::new))
			.build()
			.start();
		// The suite counts attempts, and a call that comes before the connection makes
		// two
		// where the wire is not known yet.
		await().until(() -> client.connection().isPresent());
		return new ClientChannel(client);
	}

	@Test
	public void tlsInfo() {
		assertX500SubjectDn("CN=suite");
	}

	@Override
	public void tearDown() {
		super.tearDown();
		try {
			assertThat(server().awaitTermination(TERMINATION_SECONDS, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
