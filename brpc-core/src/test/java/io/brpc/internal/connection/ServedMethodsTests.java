package io.brpc.internal.connection;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.brpc.testing.ExerciseService;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Attributes;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.util.MutableHandlerRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a served call goes through, held against gRPC's own server, which the same was
 * added to.
 */
class ServedMethodsTests {

	private static final MethodDescriptor<Payload, Payload> UNARY = ExerciseGrpc.getUnaryMethod();

	private final List<String> events = new CopyOnWriteArrayList<>();

	private final ServiceRecorder recorder = new ServiceRecorder(NettyServerBuilder.forPort(0)).intercept(log("first"))
		.intercept(log("second"));

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
		assertThat(listener).isNotNull();
		return List.copyOf(this.events);
	}

	private List<String> eventsOfGrpcCall() throws Exception {
		this.events.clear();
		Server server = this.recorder.directExecutor().build().start();
		ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", server.getPort()).usePlaintext().build();
		try {
			ExerciseGrpc.newBlockingStub(channel).unary(Payload.getDefaultInstance());
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
				ServedMethodsTests.this.events.add(name);
				return next.startCall(call, headers);
			}
		};
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
