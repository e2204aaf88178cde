package io.brpc.spring.boot.autoconfigure.observability;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.TraceContext;
import io.brpc.BrpcConnection;
import io.brpc.client.BrpcClient;
import io.brpc.server.BrpcServer;
import io.brpc.spring.boot.autoconfigure.TestApplication;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseBlockingStub;
import io.brpc.testing.proto.Payload;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.GlobalServerInterceptor;

/**
 * An application with a server that takes one connection, its client, another client that
 * has no server, and all that watches them.
 */
@SpringBootTest(classes = { TestApplication.class, ObservedApplication.Watchers.class },
		properties = { "brpc.server.enabled=true", "brpc.server.port=0", "brpc.server.ssl.bundle=server",
				"brpc.server.ssl.client-auth=require", "brpc.server.max-connections=1",
				"brpc.client.connection.default.address=localhost:${local.brpc.server.port}",
				"brpc.client.connection.default.ssl.bundle=client",
				"brpc.client.connection.default.reconnect.initial-backoff=200ms",
				"brpc.client.connection.nobody.address=localhost:1", "brpc.client.connection.nobody.ssl.bundle=client",
				"brpc.client.connection.nobody.reconnect.initial-backoff=1m", "brpc.metrics.sample-interval=1s",
				"management.tracing.sampling.probability=1.0", "management.endpoints.web.exposure.include=*",
				"management.endpoints.jmx.exposure.include=*", "management.endpoint.health.show-details=always",
				"spring.jmx.enabled=true" })
abstract class ObservedApplication {

	static final Duration PATIENCE = Duration.ofSeconds(30);

	@Autowired
	@Qualifier("exerciseBlockingStub")
	private ExerciseBlockingStub exercise;

	@Autowired
	private BrpcClient client;

	@Autowired
	private BrpcServer server;

	@BeforeEach
	void connect() {
		Awaitility.await()
			.atMost(PATIENCE)
			.until(() -> this.client.connection().isPresent() && !this.server.connections().all().isEmpty());
	}

	BrpcServer server() {
		return this.server;
	}

	BrpcClient client() {
		return this.client;
	}

	/**
	 * Returns the one connection as the server has it.
	 * @return the connection
	 */
	BrpcConnection connection() {
		return this.server.connections().all().iterator().next();
	}

	/**
	 * Makes a call whose handler calls back.
	 * @return the client's name
	 */
	String nestedCall() {
		return this.exercise.withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
			.unary(Payload.newBuilder().setText("blocking").build())
			.getText();
	}

	@Configuration(proxyBeanMethods = false)
	static class Watchers {

		@Bean
		Spans spans() {
			return new Spans();
		}

		@Bean
		@GlobalServerInterceptor
		LogContexts logContexts() {
			return new LogContexts();
		}

	}

	/**
	 * Keeps the spans that have ended. Safe for use by any thread.
	 */
	static final class Spans extends SpanHandler {

		private final Queue<MutableSpan> ended = new ConcurrentLinkedQueue<>();

		@Override
		public boolean end(TraceContext context, MutableSpan span, Cause cause) {
			this.ended.add(span);
			return true;
		}

		Queue<MutableSpan> ended() {
			return this.ended;
		}

	}

	/**
	 * Keeps what the log context has when a handler runs, and logs then. Safe for use by
	 * any thread.
	 */
	static final class LogContexts implements ServerInterceptor {

		private static final Logger logger = LoggerFactory.getLogger(LogContexts.class);

		private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			String method = call.getMethodDescriptor().getBareMethodName();
			this.entries.add(new Entry(method, "start", MDC.get(ConnectionLogContext.KEY)));
			return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
				@Override
				public void onHalfClose() {
					logger.info("handling {}", method);
					LogContexts.this.entries.add(new Entry(method, "handle", MDC.get(ConnectionLogContext.KEY)));
					super.onHalfClose();
				}
			};
		}

		Queue<Entry> entries() {
			return this.entries;
		}

		/**
		 * What the log context had.
		 *
		 * @param method the method's bare name
		 * @param moment which of gRPC's callbacks
		 * @param connection the connection, or null
		 */
		record Entry(String method, String moment, String connection) {

		}

	}

}
