package io.brpc.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.TransportSettings;
import io.brpc.Wire;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServer;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.TestCertificates;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.testing.integration.AbstractInteropTest;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * gRPC's interop suite, the calls going from a server to the client that dialed it: what
 * the suite takes for its server is the dialing side.
 */
public class ReverseInteropTests extends AbstractInteropTest {

	private static final long TERMINATION_SECONDS = 10;

	/**
	 * A listener that is restarted on its port in the middle of a handshake leaves the
	 * dialing side to this.
	 */
	private static final Duration SETUP_TIMEOUT = Duration.ofSeconds(3);

	private @Nullable BrpcServer listener;

	private @Nullable DialingServer dialer;

	private int port;

	@Override
	public void setUp() {
		listen(0);
		super.setUp();
	}

	private void listen(int port) {
		this.listener = BrpcServerBuilder.forPort(port, TestCertificates.shared().serverCredentials())
			.transportSettings(settings())
			.maxInboundMessageSize(MAX_MESSAGE_SIZE)
			.build();
		try {
			this.listener.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns what both ends have.
	 * @return settings that offer one wire
	 */
	TransportSettings settings() {
		return TransportSettings.defaults().withWires(Wire.BRPC_1);
	}

	private BrpcServer listener() {
		return Objects.requireNonNull(this.listener, "listener");
	}

	final DialingServer dialer() {
		return Objects.requireNonNull(this.dialer, "dialer");
	}

	@Override
	protected ServerBuilder<?> getServerBuilder() {
		BrpcClientBuilder builder = BrpcClientBuilder
			.forAddress("localhost", listener().getPort(), TestCertificates.shared().clientCredentials())
			.reconnect(Reconnects.SOON)
			.transportSettings(settings().withSetupTimeout(SETUP_TIMEOUT))
			.maxInboundMessageSize(MAX_MESSAGE_SIZE);
		return new SuiteServerBuilder(builder::customizeCallbacks, () -> {
			this.dialer = new DialingServer(builder.build());
			return this.dialer;
		}).addStreamTracerFactory(createCustomCensusTracerFactory()).addStreamTracerFactory(Census.serverTracing());
	}

	@Override
	protected ManagedChannelBuilder<?> createChannelBuilder() {
		return new SuiteChannelBuilder(this::callbacks).intercept(createCensusStatsClientInterceptor(),
				Census.clientTracing());
	}

	/**
	 * One test shuts its channel down and makes another one. Here that is to stop the
	 * listener and to start it again on the same port, to which the dialing side
	 * reconnects. Its wish for retries can't be granted: callbacks have no other
	 * connection to be retried on.
	 */
	private ManagedChannel callbacks(SuiteChannelBuilder wishes) {
		if (listener().isShutdown()) {
			stopListening();
			listen(this.port);
		}
		this.port = listener().getPort();
		await().until(() -> dialer().client().connection().isPresent() && listener().connections().all().size() == 1);
		BrpcConnection connection = listener().connections().all().iterator().next();
		return new ListenerChannel(listener(), connection, wishes.interceptors());
	}

	private void stopListening() {
		try {
			assertThat(listener().stop(Duration.ofSeconds(TERMINATION_SECONDS))).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void tearDown() {
		super.tearDown();
		stopListening();
		try {
			assertThat(dialer().awaitTermination(TERMINATION_SECONDS, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
