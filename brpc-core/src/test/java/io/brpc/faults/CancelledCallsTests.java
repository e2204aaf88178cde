package io.brpc.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.brpc.CallLimits;
import io.brpc.CallbackLimits;
import io.brpc.ClientStub;
import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Leaks;
import io.brpc.testing.Ledger;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseStub;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls of every kind, in both directions and nested, that are cancelled at any point of
 * their lives. Each ends once, each handler ends, and the connection is as good as new.
 */
@ExtendWith(Leaks.class)
@OnEachWire
class CancelledCallsTests {

	private static final int CALLS = FaultSize.of(2_000, 100_000);

	private static final List<CallKind> KINDS = List.of(CallKind.values());

	private static final int IN_FLIGHT = 50;

	/**
	 * Delays are from 2 microseconds to an eighth of a second, each order of magnitude as
	 * likely as the others: how long a call takes depends on the machine.
	 */
	private static final int MAX_DELAY_EXPONENT = 18;

	/**
	 * One of so many calls is let finish.
	 */
	private static final int SPARED = 4;

	private static final int MAX_MESSAGES = 8;

	private static final int MESSAGE_SIZE = 2 << 10;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	/**
	 * Resets are what this is about, so the limit on them is out of the way. Calls in
	 * flight, and so streams, are limited: those that are not given back are missed soon.
	 */
	private static final CallLimits LIMITS = new CallLimits(IN_FLIGHT + 10, Integer.MAX_VALUE, 8);

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	private final ScheduledExecutorService canceller = Executors.newSingleThreadScheduledExecutor();

	private final Ledger ledger = new Ledger();

	private final Semaphore places = new Semaphore(IN_FLIGHT);

	@AfterEach
	void stop() {
		this.canceller.shutdownNow();
	}

	@Test
	void eachEndsOnceWhereverItIsCancelled() throws Exception {
		this.report.fault("14 calls cancelled at random points", CALLS + " calls of all kinds, both ways")
			.calls(this.ledger);
		long seed = System.nanoTime();
		Random random = new Random(seed);
		TestServer server = this.peers.server((builder) -> builder.callLimits(LIMITS)
			.callbackLimits(new CallbackLimits(Duration.ofSeconds(30), 1000))
			.intercept(this.ledger.handler())
			.interceptCallbacks(this.ledger.caller()));
		server.serve(new Nesting(ClientStub.of(server.connections(), ExerciseGrpc::newStub)));
		TestClient client = this.peers.client(server,
				(builder) -> builder.callLimits(LIMITS)
					.addService(new ExerciseService())
					.intercept(this.ledger.caller())
					.interceptCallbacks(this.ledger.handler()));
		Channel forward = client.channel();
		Channel reverse = server.channelTo(client);
		List<Recorder> calls = new ArrayList<>();
		for (int i = 0; i < CALLS; i++) {
			assertThat(this.places.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("seed %d", seed).isTrue();
			calls.add(startAndCancel((i % 3 == 0) ? reverse : forward, random));
		}
		for (Recorder call : calls) {
			assertThat(call.awaitEnd().getCode()).as("seed %d", seed).isIn(Status.Code.OK, Status.Code.CANCELLED);
		}
		this.ledger.verify();
		assertThat(this.ledger.outcomes()).as("seed %d", seed).containsKeys(Status.Code.OK, Status.Code.CANCELLED);
		assertThat(client.log().reasons()).isEmpty();
		for (CallKind kind : CallKind.values()) {
			assertThat(kind.ask(forward, Payloads.text("as good as new"))).isNotNull();
			assertThat(kind.ask(reverse, Payloads.text("as good as new"))).isNotNull();
		}
	}

	private Recorder startAndCancel(Channel channel, Random random) {
		Recorder call = Recorder.reading();
		call.whenEnded(this.places::release);
		ExerciseStub stub = ExerciseGrpc.newStub(channel);
		Payload message = Payloads.ofSize(random.nextInt(MESSAGE_SIZE));
		int messages = random.nextInt(MAX_MESSAGES);
		boolean spared = random.nextInt(SPARED) == 0;
		boolean halfClosed = spared || random.nextBoolean();
		switch (KINDS.get(random.nextInt(KINDS.size()))) {
			case UNARY -> stub.unary(message, call);
			case SERVER_STREAM -> stub.serverStream(message.toBuilder().setCount(messages).build(), call);
			case CLIENT_STREAM -> send(stub.clientStream(call), message, messages, halfClosed);
			case BIDI_STREAM -> send(stub.bidiStream(call), message, messages, halfClosed);
		}
		if (!spared) {
			cancel(call, random.nextInt(MAX_DELAY_EXPONENT));
		}
		return call;
	}

	private void cancel(Recorder call, int delayExponent) {
		if (delayExponent == 0) {
			call.call().cancel("at once", null);
		}
		else {
			this.canceller.schedule(() -> call.call().cancel("later", null), 1L << delayExponent,
					TimeUnit.MICROSECONDS);
		}
	}

	private static void send(StreamObserver<Payload> requests, Payload message, int count, boolean halfClose) {
		for (int i = 0; i < count; i++) {
			requests.onNext(message);
		}
		if (halfClose) {
			requests.onCompleted();
		}
	}

	/**
	 * Answers a unary call with what the calling client answers.
	 */
	private static final class Nesting extends ExerciseService {

		private final ClientStub<ExerciseStub> callers;

		Nesting(ClientStub<ExerciseStub> callers) {
			this.callers = callers;
		}

		@Override
		public void unary(Payload request, StreamObserver<Payload> responses) {
			this.callers.get().unary(request, responses);
		}

	}

}
