package io.brpc.sample.fleet;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter.SseEventBuilder;

/**
 * One browser that looks at the fleet. A thread of its own writes to it, so that a slow
 * one holds up nobody; one that is too slow is sent away, comes again and is told
 * everything. Safe for use by any thread.
 */
final class Page {

	private static final int MAX_UNSENT = 64;

	private static final long RETRY_MILLIS = 1000;

	private final BlockingQueue<SseEventBuilder> unsent = new ArrayBlockingQueue<>(MAX_UNSENT);

	private final SseEmitter events = new SseEmitter(0L);

	private final Thread writer = new Thread(this::write, "fleet-page");

	private volatile boolean closed;

	Page() {
		this.events.onCompletion(this::close);
		this.events.onError((ex) -> close());
		this.writer.setDaemon(true);
	}

	/**
	 * Begins to write.
	 * @return where the events go
	 */
	SseEmitter start() {
		this.writer.start();
		return this.events;
	}

	/**
	 * Sends an event, sooner or later.
	 * @param name the event's name
	 * @param json its data
	 */
	void tell(String name, String json) {
		SseEventBuilder event = SseEmitter.event()
			.name(name)
			.reconnectTime(RETRY_MILLIS)
			.data(json, MediaType.TEXT_PLAIN);
		if (!this.unsent.offer(event)) {
			close();
		}
	}

	boolean isClosed() {
		return this.closed;
	}

	void close() {
		this.closed = true;
		this.writer.interrupt();
	}

	private void write() {
		try {
			while (!this.closed) {
				this.events.send(this.unsent.take());
			}
		}
		catch (InterruptedException | IOException | IllegalStateException ex) {
			// The page was closed, here or there.
		}
		this.closed = true;
		this.events.complete();
	}

}
