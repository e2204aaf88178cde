package io.brpc.sample.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;

import io.brpc.sample.SampleApplication;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The fleet's server in the test's process, which can go and come back at the same
 * address. Used by the test's thread alone.
 */
final class FleetServer implements AutoCloseable {

	private final String[] arguments;

	private final int port;

	private ConfigurableApplicationContext context;

	/**
	 * Starts the server.
	 * @param certificates where it leaves certificates
	 * @param size how many clients it has
	 * @param churn how often one of them leaves
	 * @param thinkingTime how long they take for an answer at most
	 */
	FleetServer(Path certificates, int size, String churn, String thinkingTime) {
		this.port = freePort();
		this.arguments = new String[] { "--spring.profiles.active=server,fleet", "--server.port=" + this.port,
				"--sample.port=0", "--sample.certificates=" + certificates, "--sample.fleet.size=" + size,
				"--sample.fleet.churn=" + churn, "--sample.fleet.thinking-time=" + thinkingTime };
		this.context = run();
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private ConfigurableApplicationContext run() {
		return new SpringApplicationBuilder(SampleApplication.class).run(this.arguments);
	}

	String page() {
		return "http://localhost:" + this.port + "/";
	}

	LocalFleet clients() {
		return this.context.getBean(LocalFleet.class);
	}

	Fleet fleet() {
		return this.context.getBean(Fleet.class);
	}

	void stop() {
		this.context.close();
	}

	void startAgain() {
		this.context = run();
	}

	@Override
	public void close() {
		this.context.close();
	}

}
