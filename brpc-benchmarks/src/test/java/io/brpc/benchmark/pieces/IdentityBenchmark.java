package io.brpc.benchmark.pieces;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.ClientStub;
import io.brpc.ConnectionId;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServer;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.grpc.util.MutableHandlerRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What finds the client that a handler calls back: the ID in a call's metadata, the
 * registry, and the stub. With a real server that has a real connection.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class IdentityBenchmark {

	private final CompletableFuture<Context> call = new CompletableFuture<>();

	private BrpcServer server;

	private BrpcClient client;

	private ClientStub<ExerciseGrpc.ExerciseStub> stubs;

	private ConnectionId id;

	private String text;

	/**
	 * Connects, and keeps the context of a call.
	 * @throws Exception if that fails
	 */
	@Setup
	public void connect() throws Exception {
		MutableHandlerRegistry services = new MutableHandlerRegistry();
		services.addService(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				IdentityBenchmark.this.call.complete(Context.current());
				super.unary(request, responses);
			}
		});
		this.server = BrpcServerBuilder.forPort(0, TestCertificates.shared().serverCredentials())
			.fallbackHandlerRegistry(services)
			.build();
		this.server.start();
		this.stubs = ClientStub.of(this.server.connections(), ExerciseGrpc::newStub);
		this.client = BrpcClientBuilder
			.forAddress("localhost", this.server.getPort(), TestCertificates.shared().clientCredentials())
			.build();
		ExerciseGrpc.newBlockingStub(this.client.channel()).withWaitForReady().unary(Payload.getDefaultInstance());
		this.id = this.server.connections().all().iterator().next().id();
		this.text = this.id.toString();
	}

	/**
	 * Disconnects.
	 */
	@TearDown
	public void close() {
		this.client.close();
		this.server.shutdownNow();
	}

	/**
	 * Writes the ID as it goes into each call's metadata.
	 * @return the text
	 */
	@Benchmark
	public String idToText() {
		return this.id.toString();
	}

	/**
	 * Reads the ID that comes with each call.
	 * @return the ID
	 */
	@Benchmark
	public ConnectionId idOfText() {
		return ConnectionId.parse(this.text);
	}

	/**
	 * Finds a connection.
	 * @return the connection
	 */
	@Benchmark
	public Optional<BrpcConnection> find() {
		return this.server.connections().find(this.id);
	}

	/**
	 * Makes the stub that calls back, as a handler does.
	 * @param handler the thread's context
	 * @return the stub
	 */
	@Benchmark
	public ExerciseGrpc.ExerciseStub stubOfCaller(Handler handler) {
		return this.stubs.get();
	}

	/**
	 * A thread that handles the call.
	 */
	@State(Scope.Thread)
	public static class Handler {

		private Context before;

		private Context call;

		/**
		 * Enters the call.
		 * @param benchmark has the call's context
		 */
		@Setup
		public void attach(IdentityBenchmark benchmark) {
			this.call = benchmark.call.join();
			this.before = this.call.attach();
		}

		/**
		 * Leaves it.
		 */
		@TearDown
		public void detach() {
			this.call.detach(this.before);
		}

	}

}
