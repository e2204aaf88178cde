package io.brpc.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.brpc.BrpcConnection;
import io.brpc.CloseReason;
import io.brpc.ConnectionListener;
import io.brpc.server.BrpcServer;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.proto.GreetRequest;
import io.brpc.testing.proto.GreetResponse;
import io.brpc.testing.proto.GreeterGrpc;
import io.brpc.testing.proto.NameRequest;
import io.brpc.testing.proto.NamerGrpc;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

/**
 * A server of ours whose handlers call their caller back: Greeter asks Namer, and
 * Exercise makes a call of each kind.
 * <p>
 * Safe for use by any thread.
 */
final class CallingBackServer implements AutoCloseable {

	private static final Duration GRACE_PERIOD = Duration.ofSeconds(10);

	private static final int DATA_BYTES = 20_000;

	private final List<BrpcConnection> connected = new CopyOnWriteArrayList<>();

	private final List<CloseReason> disconnected = new CopyOnWriteArrayList<>();

	private final BrpcServer server;

	CallingBackServer() {
		this((builder) -> {
		}, Duration.ofSeconds(20));
	}

	/**
	 * Starts a server on any port.
	 * @param customizer changes how the server is built
	 * @param callbackTimeout the deadline of the callback to Namer
	 */
	CallingBackServer(Consumer<BrpcServerBuilder> customizer, Duration callbackTimeout) {
		BrpcServerBuilder builder = BrpcServerBuilder.forPort(0, TestCertificates.shared().serverCredentials())
			.addConnectionListener(new Log());
		customizer.accept(builder);
		this.server = builder.addService(new Greeter(callbackTimeout))
			.addService(ProbeService.over(ExerciseService.callingBack("java", this::callBack)))
			.build();
		try {
			this.server.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String callBack() {
		return new ExerciseCalls(this.server.connections().currentChannel(), DATA_BYTES).kinds();
	}

	BrpcServer server() {
		return this.server;
	}

	String target() {
		return "127.0.0.1:" + this.server.getPort();
	}

	/**
	 * Returns the connections that came, in order.
	 * @return a live list
	 */
	List<BrpcConnection> connected() {
		return this.connected;
	}

	/**
	 * Returns how connections ended, in order.
	 * @return a live list
	 */
	List<CloseReason> disconnected() {
		return this.disconnected;
	}

	@Override
	public void close() throws InterruptedException {
		this.server.stop(GRACE_PERIOD);
	}

	private final class Log implements ConnectionListener {

		@Override
		public void connected(BrpcConnection connection) {
			CallingBackServer.this.connected.add(connection);
		}

		@Override
		public void disconnected(BrpcConnection connection, CloseReason reason) {
			CallingBackServer.this.disconnected.add(reason);
		}

	}

	private final class Greeter extends GreeterGrpc.GreeterImplBase {

		private final Duration callbackTimeout;

		Greeter(Duration callbackTimeout) {
			this.callbackTimeout = callbackTimeout;
		}

		@Override
		public void greet(GreetRequest request, StreamObserver<GreetResponse> responses) {
			BrpcConnection caller = CallingBackServer.this.server.connections().current().orElseThrow();
			try {
				String name = NamerGrpc.newBlockingStub(caller.channel())
					.withDeadlineAfter(this.callbackTimeout.toMillis(), TimeUnit.MILLISECONDS)
					.name(NameRequest.getDefaultInstance())
					.getName();
				responses.onNext(GreetResponse.newBuilder()
					.setGreeting("Hello " + name)
					.setConnectionId(caller.id().toString())
					.build());
				responses.onCompleted();
			}
			catch (StatusRuntimeException ex) {
				responses.onError(ex.getStatus().asRuntimeException());
			}
		}

	}

}
