package io.brpc.testing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServerBuilder;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The servers and clients of a test, on this machine's loopback. After the test it closes
 * those that are still open, the last one first, and checks that each ended and that
 * nothing is left of its connections.
 * <p>
 * To be used as a field with {@code @RegisterExtension}, in a class that is
 * {@code @ExtendWith(Leaks.class)}. Not safe for use by several threads.
 */
public final class Peers implements AfterEachCallback {

	private final Deque<AutoCloseable> peers = new ArrayDeque<>();

	/**
	 * Starts a server on a port that is free. It serves {@link ExerciseService}, unless
	 * another one is added with {@link TestServer#serve}.
	 * @return a server that listens
	 */
	public TestServer server() {
		return server((builder) -> {
		});
	}

	/**
	 * Starts a server on a port that is free.
	 * @param customizer changes its builder
	 * @return a server that listens
	 */
	public TestServer server(Consumer<BrpcServerBuilder> customizer) {
		return server(0, customizer);
	}

	/**
	 * Starts a server.
	 * @param port the UDP port
	 * @param customizer changes its builder
	 * @return a server that listens
	 */
	public TestServer server(int port, Consumer<BrpcServerBuilder> customizer) {
		TestServer server = new TestServer(
				BrpcServerBuilder.forPort(port, TestCertificates.shared().serverCredentials()), customizer);
		return add(server).start();
	}

	/**
	 * Starts a client, and waits until both ends are connected. It serves
	 * {@link ExerciseService}.
	 * @param server the server to dial
	 * @return a client that is connected
	 */
	public TestClient client(TestServer server) {
		return client(server, (builder) -> builder.addService(new ExerciseService()));
	}

	/**
	 * Starts a client, and waits until both ends are connected.
	 * @param server the server to dial
	 * @param customizer changes its builder
	 * @return a client that is connected
	 */
	public TestClient client(TestServer server, Consumer<BrpcClientBuilder> customizer) {
		TestClient client = dialing("localhost:" + server.port(), customizer);
		server.awaitConnection(client.awaitConnection().id());
		return client;
	}

	/**
	 * Starts a client, and does not wait.
	 * @param target what to dial
	 * @param customizer changes its builder
	 * @return a client that is connecting
	 */
	public TestClient dialing(String target, Consumer<BrpcClientBuilder> customizer) {
		TestClient client = new TestClient(
				BrpcClientBuilder.forTarget(target, TestCertificates.shared().clientCredentials()), customizer);
		return add(client).start();
	}

	/**
	 * Adds something to close.
	 * @param <T> its type
	 * @param peer what to close
	 * @return the same
	 */
	public <T extends AutoCloseable> T add(T peer) {
		this.peers.push(peer);
		return peer;
	}

	@Override
	public void afterEach(ExtensionContext context) {
		SoftAssertions softly = new SoftAssertions();
		while (!this.peers.isEmpty()) {
			AutoCloseable peer = this.peers.pop();
			softly.check(peer::close);
		}
		softly.assertAll();
	}

}
