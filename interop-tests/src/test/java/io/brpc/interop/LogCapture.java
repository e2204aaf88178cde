package io.brpc.interop;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * What is logged while it is open. Safe for use by any thread.
 */
final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

	private final Logger logger;

	private LogCapture(Logger logger) {
		this.logger = logger;
	}

	/**
	 * Begins to capture.
	 * @param name the logger, with all below it
	 * @return the capture, to be closed
	 */
	static LogCapture of(String name) {
		LogCapture capture = new LogCapture((Logger) LoggerFactory.getLogger(name));
		capture.start();
		capture.logger.addAppender(capture);
		return capture;
	}

	List<ILoggingEvent> events() {
		return this.events;
	}

	@Override
	protected void append(ILoggingEvent event) {
		this.events.add(event);
	}

	@Override
	public void close() {
		this.logger.detachAppender(this);
		stop();
	}

}
