package io.brpc.spring.boot.autoconfigure;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

import com.google.common.util.concurrent.Futures;
import io.brpc.BrpcConnection;
import io.brpc.ClientStub;
import io.brpc.ConnectionListener;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.NameRequest;
import io.brpc.testing.proto.NameResponse;
import io.brpc.testing.proto.NamerGrpc.NamerBlockingStub;
import io.brpc.testing.proto.NamerGrpc.NamerBlockingV2Stub;
import io.brpc.testing.proto.NamerGrpc.NamerFutureStub;
import io.brpc.testing.proto.NamerGrpc.NamerStub;
import io.brpc.testing.proto.Payload;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.client.GlobalClientInterceptor;
import org.springframework.grpc.client.ImportGrpcClients;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.advice.GrpcAdvice;
import org.springframework.grpc.server.advice.GrpcExceptionHandler;
import org.springframework.grpc.server.service.GrpcService;

/**
 * A server and a client in one application. The server's service answers with the name of
 * the client that is calling, for which it uses the kind of stub that it is asked to.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ TestBundles.class, TestApplication.NamingService.class, TestApplication.ClientNamer.class,
		TestApplication.ClientExercise.class, TestApplication.Advice.class })
@ImportGrpcClients(target = "brpc-client:current", types = NamerBlockingStub.class)
@ImportGrpcClients(target = "brpc:default", types = ExerciseGrpc.ExerciseBlockingStub.class)
@ImportGrpcClients(target = "named", prefix = "named", types = ExerciseGrpc.ExerciseBlockingStub.class)
public class TestApplication {

	@Bean
	Trace trace() {
		return new Trace();
	}

	@Bean
	@GlobalServerInterceptor
	ServerInterceptor tracingServerInterceptor(Trace trace) {
		return new ServerInterceptor() {
			@Override
			public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
					ServerCallHandler<Q, A> next) {
				trace.served().add(call.getMethodDescriptor().getFullMethodName());
				return next.startCall(call, headers);
			}
		};
	}

	@Bean
	@GlobalClientInterceptor
	ClientInterceptor tracingClientInterceptor(Trace trace) {
		return new ClientInterceptor() {
			@Override
			public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options,
					Channel next) {
				trace.called().add(method.getFullMethodName());
				return next.newCall(method, options);
			}
		};
	}

	@Bean
	ConnectionListener tracingConnectionListener(Trace trace) {
		return new ConnectionListener() {
			@Override
			public void connected(BrpcConnection connection) {
				trace.connected().add(connection);
			}
		};
	}

	/**
	 * What beans of the application have seen. Safe for use by any thread.
	 *
	 * @param served methods that went through the global server interceptor
	 * @param called methods that went through the global client interceptor
	 * @param connected connections that the listener was told of
	 */
	record Trace(Queue<String> served, Queue<String> called, Queue<BrpcConnection> connected) {

		Trace() {
			this(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
		}

		void clear() {
			this.served.clear();
			this.called.clear();
		}

	}

	/**
	 * Takes the request's text for the kind of stub to use.
	 */
	@GrpcService
	static class NamingService extends ExerciseService {

		private final Map<String, Supplier<NameResponse>> namers;

		@Autowired
		private ClientStub<NamerFutureStub> future;

		NamingService(ClientStub<NamerBlockingStub> blocking, ObjectProvider<ClientStub<NamerBlockingV2Stub>> v2,
				ClientStub<NamerStub> async, NamerBlockingStub plain, ClientStubFactory factory) {
			NameRequest request = NameRequest.getDefaultInstance();
			ClientStub<NamerBlockingStub> made = factory.create(NamerBlockingStub.class);
			this.namers = Map.of("blocking", () -> blocking.get().name(request), //
					"blocking-v2", () -> unchecked(() -> v2.getObject().get().name(request)), //
					"future", () -> Futures.getUnchecked(this.future.get().name(request)), //
					"async", () -> join((observer) -> async.get().name(request, observer)), //
					"plain", () -> plain.name(request), //
					"factory", () -> made.get().name(request));
		}

		private static NameResponse unchecked(Callable<NameResponse> call) {
			try {
				return call.call();
			}
			catch (Exception ex) {
				throw Status.fromThrowable(ex).asRuntimeException();
			}
		}

		private static NameResponse join(Consumer<StreamObserver<NameResponse>> call) {
			CompletableFuture<NameResponse> answer = new CompletableFuture<>();
			call.accept(new StreamObserver<>() {
				@Override
				public void onNext(NameResponse response) {
					answer.complete(response);
				}

				@Override
				public void onError(Throwable failure) {
					answer.completeExceptionally(failure);
				}

				@Override
				public void onCompleted() {
				}
			});
			return answer.join();
		}

		@Override
		public void unary(Payload request, StreamObserver<Payload> responses) {
			Supplier<NameResponse> namer = this.namers.get(request.getText());
			if (namer == null) {
				super.unary(request, responses);
				return;
			}
			responses.onNext(Payload.newBuilder().setText(namer.get().getName()).build());
			responses.onCompleted();
		}

	}

	@BrpcClientService
	static class ClientNamer extends NamerService {

		ClientNamer() {
			super("brpc");
		}

	}

	@BrpcClientService
	static class ClientExercise extends ExerciseService {

	}

	/**
	 * Public, because Spring gRPC calls it by reflection.
	 */
	@GrpcAdvice
	public static class Advice {

		@GrpcExceptionHandler
		public StatusException handle(UnsupportedOperationException ex) {
			return Status.UNIMPLEMENTED.withDescription("advice: " + ex.getMessage()).asException();
		}

	}

}
