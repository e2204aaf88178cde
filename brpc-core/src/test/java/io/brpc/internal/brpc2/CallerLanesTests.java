package io.brpc.internal.brpc2;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.google.common.util.concurrent.ListenableFuture;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.Payloads;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many lanes calls open, by either end.
 */
@ExtendWith(Leaks.class)
class CallerLanesTests {

	private static final long LIMIT_SECONDS = 30;

	private static final int CALLS = 20;

	private static final Payload LATER = Payload.newBuilder().setCount(1).build();

	private static final Payload LARGE = Payload.newBuilder().setCount(2).build();

	private final CompletableFuture<StreamObserver<Payload>> pending = new CompletableFuture<>();

	private SessionPair pair;

	@BeforeEach
	void connect() {
		List<BindableService> services = List.of(new ExerciseService() {
			@Override
			public void unary(Payload request, StreamObserver<Payload> responses) {
				if (request.equals(LATER)) {
					assertThat(CallerLanesTests.this.pending.complete(responses)).isTrue();
				}
				else {
					responses.onNext(request.equals(LARGE) ? Payloads.ofSize(1 << 20) : request);
					responses.onCompleted();
				}
			}
		});
		this.pair = new SessionPair(new SessionPeer(Side.SERVER, SessionSettings.defaults(), Runnable::run, services),
				new SessionPeer(Side.CLIENT, SessionSettings.defaults(), Runnable::run, services));
		this.pair.client().awaitReady();
		this.pair.server().awaitReady();
	}

	@AfterEach
	void close() {
		this.pair.close();
	}

	@ParameterizedTest
	@EnumSource(Side.class)
	void callsOneAfterTheOtherShareALane(Side side) throws Exception {
		callOneAfterTheOther(side, Payload.getDefaultInstance());
		assertThat(lanesOf(side)).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource(Side.class)
	void callsWhoseAnswersDoNotFitIntoALaneShareOneToo(Side side) throws Exception {
		callOneAfterTheOther(side, LARGE);
		assertThat(lanesOf(side)).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource(Side.class)
	void aCallBesideAnotherOneHasALaneOfItsOwn(Side side) throws Exception {
		ListenableFuture<Payload> later = ExerciseGrpc.newFutureStub(this.pair.peer(side).channel()).unary(LATER);
		StreamObserver<Payload> responses = this.pending.get(LIMIT_SECONDS, TimeUnit.SECONDS);
		callOneAfterTheOther(side, Payload.getDefaultInstance());
		assertThat(lanesOf(side)).isEqualTo(2);
		responses.onNext(LATER);
		responses.onCompleted();
		assertThat(later.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(LATER);
		callOneAfterTheOther(side, Payload.getDefaultInstance());
		assertThat(lanesOf(side)).isEqualTo(2);
	}

	private void callOneAfterTheOther(Side side, Payload request) {
		for (int i = 0; i < CALLS; i++) {
			assertThat(ExerciseGrpc.newBlockingStub(this.pair.peer(side).channel())
				.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
				.unary(request)).isNotNull();
		}
	}

	private int lanesOf(Side side) throws Exception {
		SessionPeer peer = this.pair.peer(side);
		CompletableFuture<Integer> count = new CompletableFuture<>();
		peer.run(() -> count.complete(peer.session().outbound().lanes().count()));
		return count.get(LIMIT_SECONDS, TimeUnit.SECONDS);
	}

}
