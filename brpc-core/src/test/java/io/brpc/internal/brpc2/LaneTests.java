package io.brpc.internal.brpc2;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.brpc.testing.Leaks;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Calls that come together do not stay together.
 */
@ExtendWith(Leaks.class)
class LaneTests {

	private static final long LIMIT_SECONDS = 20;

	private static final int CALLS = 40;

	private final CountDownLatch firstAnswered = new CountDownLatch(1);

	private final CountDownLatch allAnswered = new CountDownLatch(CALLS);

	private volatile boolean firstCameBeforeLast;

	/**
	 * The last of many calls that have come in one datagram is handled on the event loop,
	 * and waits until the client has got the answer of the first one.
	 */
	@Test
	void answersLeaveBeforeAllCallsAreHandled() throws Exception {
		Service service = new Service();
		SessionPeer server = new SessionPeer(Side.SERVER, SessionSettings.defaults(), Runnable::run, List.of(service));
		SessionPeer client = new SessionPeer(Side.CLIENT, SessionSettings.defaults(), Runnable::run, List.of(service));
		try (SessionPair pair = new SessionPair(server, client)) {
			ExerciseGrpc.newBlockingStub(client.channel()).unary(numbered(-1));
			awaitQuiet(server);
			ExerciseGrpc.ExerciseStub stub = ExerciseGrpc.newStub(client.channel());
			client.run(() -> {
				for (int i = 0; i < CALLS; i++) {
					stub.unary(numbered(i), new Answer());
				}
			});
			assertThat(this.allAnswered.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
			assertThat(this.firstCameBeforeLast).isTrue();
		}
	}

	/**
	 * Waits until QUIC has nothing more to say by itself.
	 */
	private static void awaitQuiet(SessionPeer peer) {
		AtomicLong seen = new AtomicLong(-1);
		await().atMost(Duration.ofSeconds(LIMIT_SECONDS)).during(Duration.ofMillis(300)).until(() -> {
			long packets = peer.quic().collectStats().sync().getNow().recv();
			return seen.getAndSet(packets) == packets;
		});
	}

	private static Payload numbered(int number) {
		return Payload.newBuilder()
			.setCount(number)
			.setText("some text that makes it as long as small calls are")
			.build();
	}

	private final class Service extends ExerciseGrpc.ExerciseImplBase {

		@Override
		public void unary(Payload request, StreamObserver<Payload> responses) {
			if (request.getCount() == CALLS - 1) {
				try {
					LaneTests.this.firstCameBeforeLast = LaneTests.this.firstAnswered.await(LIMIT_SECONDS / 2,
							TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}
			responses.onNext(request);
			responses.onCompleted();
		}

	}

	private final class Answer implements StreamObserver<Payload> {

		@Override
		public void onNext(Payload response) {
			if (response.getCount() == 0) {
				LaneTests.this.firstAnswered.countDown();
			}
			LaneTests.this.allAnswered.countDown();
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void onCompleted() {
		}

	}

}
