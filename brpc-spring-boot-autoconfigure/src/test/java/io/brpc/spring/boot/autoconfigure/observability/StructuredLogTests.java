package io.brpc.spring.boot.autoconfigure.observability;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler's log lines have the connection in each of Boot's structured formats.
 */
class StructuredLogTests extends ObservedApplication {

	private final Logger logger = (Logger) LoggerFactory.getLogger(LogContexts.class);

	private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

	@ParameterizedTest
	@CsvSource({ "ecs, brpc/connection", "gelf, _brpc.connection", "logstash, brpc.connection" })
	void linesOfHandlersHaveTheConnection(String format, String path) {
		String id = connection().id().toString();
		OutputStreamAppender<ILoggingEvent> appender = appender(format);
		this.logger.addAppender(appender);
		try {
			nestedCall();
		}
		finally {
			this.logger.detachAppender(appender);
			appender.stop();
		}
		assertThat(this.lines.toString(StandardCharsets.UTF_8).lines()).hasSize(2)
			.allSatisfy((line) -> assertThat(find(line, path)).isEqualTo(id));
	}

	private OutputStreamAppender<ILoggingEvent> appender(String format) {
		StructuredLogEncoder encoder = new StructuredLogEncoder();
		encoder.setContext(this.logger.getLoggerContext());
		encoder.setFormat(format);
		encoder.start();
		OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
		appender.setContext(this.logger.getLoggerContext());
		appender.setEncoder(encoder);
		appender.setOutputStream(this.lines);
		appender.start();
		return appender;
	}

	private static Object find(String line, String path) {
		Object found = JsonParserFactory.getJsonParser().parseMap(line);
		for (String key : path.split("/", -1)) {
			assertThat(found).as(line).isInstanceOf(Map.class);
			found = ((Map<?, ?>) found).get(key);
		}
		return found;
	}

}
