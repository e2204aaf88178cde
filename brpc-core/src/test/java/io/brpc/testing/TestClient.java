package io.brpc.testing;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

import io.brpc.BrpcConnection;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.grpc.Channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A client of a test, with a log of its connections. Safe for use by any thread.
 */
public final class TestClient implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/**
	 * An idle client needs milliseconds; one that shares its machine, seconds.
	 */
	private static final Duration DRAINS_WITHIN = Duration.ofSeconds(15);

	private final ConnectionLog log = new ConnectionLog();

	private final BrpcClient client;

	public TestClient(BrpcClientBuilder builder, Consumer<BrpcClientBuilder> customizer) {
		customizer.accept(builder.transportSettings(TestWires.settings()).addConnectionListener(this.log));
		this.client = builder.build();
	}

	public TestClient start() {
		this.client.start();
		return this;
	}

	public BrpcClient client() {
		return this.client;
	}

	public Channel channel() {
		return this.client.channel();
	}

	public ConnectionLog log() {
		return this.log;
	}

	/**
	 * Waits until the client is connected.
	 * @return the connection
	 */
	public BrpcConnection awaitConnection() {
		return await().atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(10))
			.until(this.client::connection, Optional::isPresent)
			.orElseThrow();
	}

	/**
	 * Waits until the client is connected anew.
	 * @param old the connection before
	 * @return another connection
	 */
	public BrpcConnection awaitConnectionAfter(BrpcConnection old) {
		return await().atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(10))
			.until(this.client::connection, (found) -> found.isPresent() && !Objects.equals(found.get().id(), old.id()))
			.orElseThrow();
	}

	/**
	 * Closes, if it has not closed yet, and checks that nothing is left.
	 */
	@Override
	public void close() throws InterruptedException {
		this.client.shutdown();
		boolean drained = this.client.awaitTermination(DRAINS_WITHIN);
		if (!drained) {
			this.client.shutdownNow();
			this.client.awaitTermination(Duration.ofSeconds(5));
		}
		assertThat(drained).as("calls were still in flight on " + this.client).isTrue();
		assertThat(this.client.connection()).as("the connection that is left").isEmpty();
		this.log.verify();
	}

}
