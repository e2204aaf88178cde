package io.brpc.sample.scenario;

import java.io.File;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.brpc.sample.SampleApplication;

import org.springframework.util.FileSystemUtils;

/**
 * Where a scenario is played: a UDP port that is free, a directory for certificates, and
 * processes that end with the scenario at the latest. Used by one thread; the processes
 * may be ended by another one.
 */
final class Stage implements AutoCloseable {

	private final List<Actor> actors = new ArrayList<>();

	private final Thread end = new Thread(this::endActors, "end-of-scenario");

	private final Path certificates;

	private final int port;

	Stage() throws IOException {
		this.certificates = Files.createTempDirectory("brpc-scenario");
		this.port = freePort();
		Runtime.getRuntime().addShutdownHook(this.end);
	}

	private static int freePort() throws SocketException {
		try (DatagramSocket socket = new DatagramSocket(0)) {
			return socket.getLocalPort();
		}
	}

	Actor server(String profiles, String... more) throws IOException {
		return start("server", "server" + profiles, more);
	}

	Actor client(String name, String profiles, String... more) throws IOException {
		return start(name, "client" + profiles, more);
	}

	private Actor start(String name, String profiles, String... more) throws IOException {
		List<String> arguments = new ArrayList<>(
				List.of("--spring.profiles.active=" + profiles, "--sample.name=" + name, "--sample.port=" + this.port,
						"--sample.certificates=" + this.certificates, "--server.port=0"));
		arguments.addAll(List.of(more));
		System.out.println("[" + name + "] starts with " + String.join(" ", arguments));
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-Dspring.main.log-startup-info=false", "-Dlogging.pattern.console=%m%n"));
		String classPath = System.getProperty("java.class.path");
		if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
			command.addAll(List.of("-jar", classPath));
		}
		else {
			command.addAll(List.of("-cp", classPath, SampleApplication.class.getName()));
		}
		command.addAll(arguments);
		Actor actor = new Actor(name, new ProcessBuilder(command).redirectErrorStream(true).start());
		synchronized (this.actors) {
			this.actors.add(actor);
		}
		return actor;
	}

	private void endActors() {
		synchronized (this.actors) {
			this.actors.forEach(Actor::close);
		}
	}

	@Override
	public void close() throws IOException {
		endActors();
		Runtime.getRuntime().removeShutdownHook(this.end);
		FileSystemUtils.deleteRecursively(this.certificates);
	}

}
