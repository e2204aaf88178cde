package io.brpc.sample.fleet;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Serves the page and tells it of as many clients as the test wants, without one of them
 * being there. Safe for use by any thread.
 */
final class ScriptedFleet implements AutoCloseable {

	private static final Path PAGE = Path.of("src", "main", "resources", "static", "index.html");

	private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

	private final ExecutorService executor = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "scripted-fleet");
		thread.setDaemon(true);
		return thread;
	});

	private final HttpServer server;

	ScriptedFleet() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/", this::page);
		this.server.createContext("/events", this::events);
		this.server.setExecutor(this.executor);
		this.server.start();
	}

	String page() {
		return "http://localhost:" + this.server.getAddress().getPort() + "/";
	}

	/**
	 * Tells the page once of all clients, at first of none.
	 */
	void tellAll() {
		tell("all", "", "", "");
	}

	/**
	 * Tells the page of clients that come.
	 * @param from the first one's number
	 * @param to the number after the last one's
	 */
	void tellJoined(int from, int to) {
		tell("news", IntStream.range(from, to)
			.mapToObj((i) -> "{\"id\":\"id-%d\",\"name\":\"client %d\",\"group\":\"group %d\",\"address\":\"::1\"}"
				.formatted(i, i, i % 7))
			.collect(Collectors.joining(",")), "", "");
	}

	/**
	 * Tells the page of clients that leave.
	 * @param from the first one's number
	 * @param to the number after the last one's
	 */
	void tellLeft(int from, int to) {
		tell("news", "",
				IntStream.range(from, to)
					.mapToObj((i) -> "{\"id\":\"id-%d\",\"reason\":\"the test says so\"}".formatted(i))
					.collect(Collectors.joining(",")),
				"");
	}

	/**
	 * Tells the page the figures of clients.
	 * @param count how many
	 * @param round which time, from which the figures follow
	 */
	void tellFigures(int count, int round) {
		tell("news", "", "",
				IntStream.range(0, count)
					.mapToObj((i) -> "{\"id\":\"id-%d\",\"rttMicros\":%d,\"sent\":%d,\"lost\":%d,\"inFlight\":%d}"
						.formatted(i, 1000 + 37 * i * round % 900, 100 * round, round, (i + round) % 4))
					.collect(Collectors.joining(",")));
	}

	private void tell(String event, String joined, String left, String figures) {
		this.events.add("event: %s\ndata: {\"joined\":[%s],\"left\":[%s],\"figures\":[%s]}\n\n".formatted(event, joined,
				left, figures));
	}

	private void page(HttpExchange exchange) throws IOException {
		byte[] page = Files.readAllBytes(PAGE);
		exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
		exchange.sendResponseHeaders(200, page.length);
		try (OutputStream body = exchange.getResponseBody()) {
			body.write(page);
		}
	}

	private void events(HttpExchange exchange) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
		exchange.sendResponseHeaders(200, 0);
		try (OutputStream body = exchange.getResponseBody()) {
			while (true) {
				body.write(this.events.take().getBytes(StandardCharsets.UTF_8));
				body.flush();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

}
