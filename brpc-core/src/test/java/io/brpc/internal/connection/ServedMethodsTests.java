package io.brpc.internal.connection;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.brpc.testing.ExerciseService;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.util.MutableHandlerRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a served call goes through, held against gRPC's own server, which the same was
 * added to.
 */
class ServedMethodsTests {

	private static final MethodDescriptor<Payload, Payload> UNARY = ExerciseGrpc.getUnaryMethod();

	private static final Context.Key<String> TRACED = Context.key("traced");

	private final List<String> events = new CopyOnWriteArrayList<>();

	private final ServiceRecorder recorder = new ServiceRecorder(NettyServerBuilder.forPort(0)).intercept(log("first"))
		.intercept(log("second"))
		.addStreamTracerFactory(new Tracers());

	@Test
	void aCallGoesThroughTheSameAsOneOfGrpcs() throws Exception {
		this.recorder.addService(new ExerciseService()).intercept(log("third"));
		assertThat(eventsOfServedCall()).isNotEmpty().isEqualTo(eventsOfGrpcCall());
	}

	@Test
	void aMethodOfTheFallbackRegistryGoesThroughTheSameAsOneOfGrpcs() throws Exception {
		MutableHandlerRegistry fallback = new MutableHandlerRegistry();
		this.recorder.fallbackHandlerRegistry(fallback);
		assertThat(this.recorder.methods().lookup(UNARY.getFullMethodName())).isNull();
		fallback.addService(new ExerciseService());
		assertThat(eventsOfServedCall()).isNotEmpty().isEqualTo(eventsOfGrpcCall());
	}

	@Test
	void aServiceThatWasAddedComesBeforeTheFallbackRegistry() {
		MutableHandlerRegistry fallback = new MutableHandlerRegistry();
		fallback.addService(new ExerciseService());
		this.recorder.fallbackHandlerRegistry(fallback);
		ServerMethodDefinition<?, ?> fromFallback = this.recorder.methods().lookup(UNARY.getFullMethodName());
		assertThat(fromFallback).isNotNull();
		this.recorder.addService(new ExerciseService());
		assertThat(this.recorder.methods().lookup(UNARY.getFullMethodName())).isNotNull().isNotSameAs(fromFallback);
	}

	@Test
	void aMethodIsWrappedOnceUntilTheRegistryExchangesIt() {
		MutableHandlerRegistry fallback = new MutableHandlerRegistry();
		fallback.addService(new ExerciseService());
		ServedMethods methods = this.recorder.fallbackHandlerRegistry(fallback).methods();
		ServerMethodDefinition<?, ?> before = methods.lookup(UNARY.getFullMethodName());
		assertThat(methods.lookup(UNARY.getFullMethodName())).isSameAs(before);
		fallback.addService(new ExerciseService());
		assertThat(methods.lookup(UNARY.getFullMethodName())).isNotNull().isNotSameAs(before);
	}

	@Test
	void whatIsNotServedIsNotFound() {
		assertThat(this.recorder.addService(new ExerciseService()).methods().lookup("nothing/Nothing")).isNull();
	}

	private List<String> eventsOfServedCall() {
		this.events.clear();
		ServerMethodDefinition<?, ?> method = this.recorder.methods().lookup(UNARY.getFullMethodName());
		assertThat(method).isNotNull();
		@SuppressWarnings("unchecked")
		ServerCallHandler<Payload, Payload> handler = (ServerCallHandler<Payload, Payload>) method
			.getServerCallHandler();
		ServerCall.Listener<Payload> listener = handler.startCall(new SilentCall(), new Metadata());
		listener.onMessage(Payload.getDefaultInstance());
		listener.onHalfClose();
		listener.onComplete();
		return List.copyOf(this.events);
	}

	private List<String> eventsOfGrpcCall() throws Exception {
		this.events.clear();
		Server server = this.recorder.directExecutor().build().start();
		ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", server.getPort()).usePlaintext().build();
		try {
			ExerciseGrpc.newBlockingStub(channel).unary(Payload.getDefaultInstance());
			await().until(() -> this.events.stream().anyMatch((event) -> event.startsWith("closed")));
			return List.copyOf(this.events);
		}
		finally {
			channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
			server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
		}
	}

	private ServerInterceptor log(String name) {
		return new ServerInterceptor() {
			@Override
			public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
					ServerCallHandler<Q, A> next) {
				ServedMethodsTests.this.events.add(name + " " + TRACED.get());
				return next.startCall(call, headers);
			}
		};
	}

	/**
	 * Tracers that write down what they are told, but for sizes.
	 */
	private final class Tracers extends ServerStreamTracer.Factory {

		@Override
		public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
			ServedMethodsTests.this.events.add("tracer of " + fullMethodName);
			return new ServerStreamTracer() {
				@Override
				public Context filterContext(Context context) {
					return context.withValue(TRACED, "traced");
				}

				@Override
				public void serverCallStarted(ServerCallInfo<?, ?> call) {
					ServedMethodsTests.this.events.add("started " + call.getMethodDescriptor().getFullMethodName());
				}

				@Override
				public void inboundMessage(int number) {
					ServedMethodsTests.this.events.add("in " + number);
				}

				@Override
				public void outboundMessage(int number) {
					ServedMethodsTests.this.events.add("out " + number);
				}

				@Override
				public void streamClosed(Status status) {
					ServedMethodsTests.this.events.add("closed " + status.getCode());
				}
			};
		}

	}

	/**
	 * A call whose answer goes nowhere.
	 */
	private static final class SilentCall extends ServerCall<Payload, Payload> {

		@Override
		public void request(int count) {
		}

		@Override
		public void sendHeaders(Metadata headers) {
		}

		@Override
		public void sendMessage(Payload message) {
		}

		@Override
		public void close(Status status, Metadata trailers) {
		}

		@Override
		public boolean isCancelled() {
			return false;
		}

		@Override
		public Attributes getAttributes() {
			return Attributes.EMPTY;
		}

		@Override
		public MethodDescriptor<Payload, Payload> getMethodDescriptor() {
			return UNARY;
		}

	}

}
