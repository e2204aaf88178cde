package io.brpc.interop;

import java.time.Duration;

import io.brpc.BrpcConnection;
import io.brpc.CloseCode;
import io.brpc.client.BrpcClient;
import io.brpc.client.ReconnectSettings;

import static org.awaitility.Awaitility.await;

/**
 * Makes clients lose their connections. Not instantiable.
 */
final class Reconnects {

	static final ReconnectSettings SOON = new ReconnectSettings(true, Duration.ofMillis(1), Duration.ofMillis(10));

	private Reconnects() {
	}

	/**
	 * Waits for a connection, ends it, and waits for the next.
	 * @param client a client that reconnects
	 */
	static void force(BrpcClient client) {
		await().until(() -> client.connection().isPresent());
		BrpcConnection first = client.connection().orElseThrow();
		first.close(CloseCode.NO_ERROR, "the test wants another one");
		await().until(() -> client.connection().filter((connection) -> connection != first).isPresent());
	}

}
