package io.brpc.spring.boot.test;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

import io.brpc.ClientStub;
import io.brpc.spring.boot.test.proto.AskReply;
import io.brpc.spring.boot.test.proto.AskRequest;
import io.brpc.spring.boot.test.proto.AskerGrpc;
import io.brpc.spring.boot.test.proto.CoroutineAskerGrpc;
import io.brpc.spring.boot.test.proto.NameRequest;
import io.brpc.spring.boot.test.proto.NamedGrpc;
import io.brpc.spring.boot.test.proto.NamedGrpc.NamedBlockingStub;
import io.brpc.spring.boot.test.proto.NamedGrpc.NamedBlockingV2Stub;
import io.brpc.spring.boot.test.proto.NamedGrpc.NamedFutureStub;
import io.brpc.spring.boot.test.proto.ReactorNamedGrpc.ReactorNamedStub;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerServiceDefinition;
import io.grpc.kotlin.ServerCalls;
import io.grpc.stub.StreamObserver;
import kotlin.coroutines.EmptyCoroutineContext;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.server.service.GrpcService;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/**
 * An application whose server asks its clients for their names with stubs of every kind,
 * on threads of every kind.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableAsync
@Import({ StubApplication.AskerService.class, StubApplication.CoroutineAskerService.class,
		StubApplication.AsyncNames.class })
class StubApplication {

	@GrpcService
	static class AskerService extends AskerGrpc.AskerImplBase {

		private static final NameRequest REQUEST = NameRequest.getDefaultInstance();

		private final Executor other = Executors.newSingleThreadExecutor((task) -> {
			Thread thread = new Thread(task, "other");
			thread.setDaemon(true);
			return thread;
		});

		private final Map<String, Callable<String>> ways;

		AskerService(ClientStub<NamedBlockingStub> blocking, ClientStub<NamedBlockingV2Stub> v2,
				ClientStub<NamedFutureStub> future, ClientStub<ReactorNamedStub> reactor,
				ClientStub<CoroutineNamedStub> coroutine, AsyncNames async) {
			Callable<String> name = () -> blocking.get().name(REQUEST).getName();
			this.ways = Map.of("blocking", name, //
					"blocking-v2", () -> v2.get().name(REQUEST).getName(), //
					"future", () -> future.get().name(REQUEST).get().getName(), //
					"reactor", () -> reactor.get().name(REQUEST).map(AskReply::getName).block(), //
					"coroutine", () -> coroutine.get().name().getName(), //
					"async", () -> async.name().get(), //
					"reactor-thread", () -> Mono.fromCallable(name).subscribeOn(Schedulers.boundedElastic()).block(), //
					"context-executor", () -> on(Context.currentContextExecutor(this.other), name), //
					"other-thread", () -> on(this.other, name), //
					"thread", () -> Thread.currentThread().toString());
		}

		private static String on(Executor executor, Callable<String> name) throws Exception {
			CompletableFuture<String> answer = new CompletableFuture<>();
			executor.execute(() -> {
				try {
					answer.complete(name.call());
				}
				catch (Exception ex) {
					answer.completeExceptionally(ex);
				}
			});
			return answer.get();
		}

		@Override
		public void ask(AskRequest request, StreamObserver<AskReply> responses) {
			try {
				responses.onNext(AskReply.newBuilder().setName(this.ways.get(request.getHow()).call()).build());
				responses.onCompleted();
			}
			catch (ExecutionException ex) {
				responses.onError(ex.getCause());
			}
			catch (Exception ex) {
				responses.onError(ex);
			}
		}

	}

	static class AsyncNames {

		private final ClientStub<NamedBlockingStub> named;

		AsyncNames(ClientStub<NamedBlockingStub> named) {
			this.named = named;
		}

		@Async
		CompletableFuture<String> name() {
			return CompletableFuture.completedFuture(this.named.get().name(NameRequest.getDefaultInstance()).getName());
		}

	}

	/**
	 * What a Kotlin service is underneath: its handler is a coroutine, on a thread of
	 * Kotlin's.
	 */
	@GrpcService
	static class CoroutineAskerService implements BindableService {

		private final ClientStub<NamedBlockingStub> named;

		CoroutineAskerService(ClientStub<NamedBlockingStub> named) {
			this.named = named;
		}

		@Override
		public ServerServiceDefinition bindService() {
			return ServerServiceDefinition.builder(CoroutineAskerGrpc.SERVICE_NAME)
				.addMethod(ServerCalls.INSTANCE.unaryServerMethodDefinition(EmptyCoroutineContext.INSTANCE,
						CoroutineAskerGrpc.getAskMethod(),
						(request, continuation) -> this.named.get().name(NameRequest.getDefaultInstance())))
				.build();
		}

	}

	/**
	 * What test clients serve.
	 */
	static class NamedService extends NamedGrpc.NamedImplBase {

		private final String name;

		NamedService(String name) {
			this.name = name;
		}

		@Override
		public void name(NameRequest request, StreamObserver<AskReply> responses) {
			responses.onNext(AskReply.newBuilder().setName(this.name).build());
			responses.onCompleted();
		}

	}

}
