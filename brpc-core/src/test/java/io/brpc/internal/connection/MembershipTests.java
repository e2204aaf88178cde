package io.brpc.internal.connection;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.NoClientException;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The groups of a connection, and the index that finds it by them.
 */
class MembershipTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	private final ConnectionIndex index = new ConnectionIndex("in the group", Runnable::run);

	private final BrpcConnection connection = anyConnection();

	private final Membership membership = new Membership(this.connection);

	@Test
	void groupsJoinedBeforeAndAfterReadyAreFoundUntilTheEnd() {
		this.membership.join("early");
		assertThat(this.index.find("early")).isEmpty();
		this.membership.enter(this.index);
		this.membership.join("late");
		assertThat(this.index.find("early")).containsExactly(this.connection);
		assertThat(this.index.find("late")).containsExactly(this.connection);
		this.membership.exit();
		this.membership.join("too late");
		assertThat(this.index.isEmpty()).isTrue();
		assertThat(this.membership.groups()).containsExactlyInAnyOrder("early", "late", "too late");
	}

	@Test
	void groupIsKeptOnlyWhileSomebodyIsInIt() {
		Membership other = new Membership(anyConnection());
		this.membership.enter(this.index);
		other.enter(this.index);
		this.membership.join("group");
		this.membership.join("group");
		other.join("group");
		this.membership.leave("group");
		assertThat(this.index.find("group")).hasSize(1);
		other.leave("group");
		other.leave("group");
		assertThat(this.index.isEmpty()).isTrue();
	}

	@Test
	void joiningLeavingAndEndingAtTheSameTimeLeavesNothing() throws Exception {
		int threads = 4;
		Random seeds = new Random(7);
		ExecutorService executor = Executors.newFixedThreadPool(threads + 1);
		try {
			for (int round = 0; round < 200; round++) {
				Membership contested = new Membership(anyConnection());
				CyclicBarrier start = new CyclicBarrier(threads + 1);
				List<Future<?>> work = new ArrayList<>();
				for (int thread = 0; thread < threads; thread++) {
					Random random = new Random(seeds.nextLong());
					work.add(executor.submit(() -> {
						start.await();
						joinAndLeave(contested, random);
						return null;
					}));
				}
				work.add(executor.submit(() -> {
					start.await();
					contested.enter(this.index);
					contested.exit();
					return null;
				}));
				for (Future<?> end : work) {
					end.get(30, TimeUnit.SECONDS);
				}
				assertThat(this.index.isEmpty()).isTrue();
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static void joinAndLeave(Membership membership, Random random) {
		for (int i = 0; i < 50; i++) {
			String group = "group " + random.nextInt(5);
			if (random.nextBoolean()) {
				membership.join(group);
			}
			else {
				membership.leave(group);
			}
		}
	}

	@Test
	void whoWaitsIsToldOfTheFirstThatComes() {
		CompletableFuture<BrpcConnection> waiting = this.index.await("group", LONG).toCompletableFuture();
		this.membership.join("group");
		assertThat(waiting).isNotDone();
		this.membership.enter(this.index);
		assertThat(waiting).isCompletedWithValue(this.connection);
		assertThat(this.index.await("group", Duration.ZERO).toCompletableFuture())
			.isCompletedWithValue(this.connection);
		this.membership.exit();
		assertThat(this.index.isEmpty()).isTrue();
	}

	@Test
	void waitInVainEndsWithWhatWasWaitedFor() {
		CompletableFuture<BrpcConnection> waiting = this.index.await("group", Duration.ofMillis(20))
			.toCompletableFuture();
		NoClientException failure = failureOf(waiting);
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
		assertThat(failure.getStatus().getDescription())
			.isEqualTo("no client in the group group was connected within 20 ms");
		assertThat(this.index.isEmpty()).isTrue();
	}

	@Test
	void givingUpAWaitLeavesNothing() {
		this.index.await("group", LONG).toCompletableFuture().cancel(false);
		assertThat(this.index.isEmpty()).isTrue();
	}

	@Test
	void nobodyWaitsForAClientOfAClosedIndex() {
		CompletableFuture<BrpcConnection> before = this.index.await("group", LONG).toCompletableFuture();
		this.index.close();
		CompletableFuture<BrpcConnection> after = this.index.await("group", LONG).toCompletableFuture();
		assertThat(failureOf(before).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(failureOf(after).getStatus().getDescription())
			.isEqualTo("no client in the group group will be connected: the server is shutting down");
		assertThat(this.index.isEmpty()).isTrue();
	}

	/**
	 * Makes a connection of which nothing is asked but which one it is.
	 */
	private static BrpcConnection anyConnection() {
		return (BrpcConnection) Proxy.newProxyInstance(MembershipTests.class.getClassLoader(),
				new Class<?>[] { BrpcConnection.class }, (proxy, method, arguments) -> switch (method.getName()) {
					case "equals" -> proxy == arguments[0];
					case "hashCode" -> System.identityHashCode(proxy);
					case "toString" -> "connection " + System.identityHashCode(proxy);
					default -> throw new UnsupportedOperationException(method.toString());
				});
	}

	private static NoClientException failureOf(CompletableFuture<BrpcConnection> waiting) {
		CompletionException failure = catchThrowableOfType(CompletionException.class,
				() -> waiting.orTimeout(30, TimeUnit.SECONDS).join());
		return (NoClientException) failure.getCause();
	}

}
