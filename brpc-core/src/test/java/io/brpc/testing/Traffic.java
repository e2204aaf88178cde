package io.brpc.testing;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.brpc.BrpcConnection;
import io.brpc.CallbackLimits;
import io.brpc.ClientStub;
import io.brpc.ConnectionId;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseStub;
import io.brpc.testing.proto.Payload;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.awaitility.Awaitility.await;

/**
 * Calls at a steady rate, whatever becomes of them: every client calls the server, one
 * call in five is nested, and the server calls every client that it has. Every handler
 * takes up to 50 ms; one message in ten fills several packets. Whoever has many calls in
 * flight waits with the next, so that a slow machine does not drown in them. Everything
 * goes into a {@link Ledger}, this process's or another one's.
 * <p>
 * Safe for use by any thread.
 */
public final class Traffic implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Traffic.class);

	private static final int MAX_HANDLER_MILLIS = 50;

	/**
	 * More than the network in any of the tests needs to heal, or to be given up.
	 */
	private static final Duration DEADLINE = Duration.ofSeconds(25);

	/**
	 * Of calls that outwait a restart.
	 */
	private static final Duration WAITING_DEADLINE = Duration.ofMinutes(2);

	private static final int MAX_CALLBACKS = 1000;

	/**
	 * How many calls a client, and how many the server to one client, has in flight.
	 */
	private static final int MAX_IN_FLIGHT = 100;

	private static final int NESTED_EVERY = 5;

	private static final int LARGE_EVERY = 10;

	private static final long SEED = 11;

	private static final Payload PLAIN = Payloads.text("plain");

	private static final Payload LARGE = Payloads.ofSize(4 << 10);

	private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();

	private final ScheduledExecutorService handlers = Executors.newScheduledThreadPool(2);

	private final AtomicLong callNumbers = new AtomicLong();

	private final Random random = new Random(SEED);

	private final List<Caller> callers = new CopyOnWriteArrayList<>();

	private final Map<ConnectionId, Caller> callbackCallers = new HashMap<>();

	private final List<TestServer> servers = new CopyOnWriteArrayList<>();

	private final CallWatch watch;

	private final int callsPerSecond;

	private volatile boolean stopped;

	private volatile long begunNanos;

	private volatile long rampUpNanos;

	private Traffic(CallWatch watch, int callsPerSecond) {
		this.watch = watch;
		this.callsPerSecond = callsPerSecond;
	}

	/**
	 * Makes traffic that goes into a ledger of this process.
	 * @param ledger the ledger
	 * @param callsPerSecond how many calls each client makes, and gets, per second
	 * @return traffic that is not started
	 */
	public static Traffic in(Ledger ledger, int callsPerSecond) {
		return new Traffic(ledger.watch(), callsPerSecond);
	}

	static Traffic of(CallWatch watch, int callsPerSecond) {
		return new Traffic(watch, callsPerSecond);
	}

	/**
	 * Prepares a server.
	 * @param builder its builder
	 */
	public void prepare(BrpcServerBuilder builder) {
		builder.intercept(this.watch.handler())
			.interceptCallbacks(this.watch.caller())
			.callbackLimits(new CallbackLimits(DEADLINE, MAX_CALLBACKS));
	}

	/**
	 * Prepares a client.
	 * @param builder its builder
	 */
	public void prepare(BrpcClientBuilder builder) {
		builder.addService(new DelayedService(this::later))
			.intercept(this.watch.caller())
			.interceptCallbacks(this.watch.handler());
	}

	/**
	 * Makes a server serve, and call back.
	 * @param server a server that was prepared
	 * @return the same
	 */
	public TestServer add(TestServer server) {
		server.serve(new DelayedService(this::later, ClientStub.of(server.connections(), ExerciseGrpc::newStub)));
		this.servers.add(server);
		return server;
	}

	/**
	 * Makes a client call.
	 * @param client a client that was prepared
	 * @return the same
	 */
	public TestClient add(TestClient client) {
		return add(client, false);
	}

	/**
	 * Makes a client call.
	 * @param client a client that was prepared
	 * @param waitForReady whether its calls wait while there is no connection, rather
	 * than fail
	 * @return the same
	 */
	public TestClient add(TestClient client, boolean waitForReady) {
		ExerciseStub stub = ExerciseGrpc.newStub(client.channel());
		this.callers
			.add(waitForReady ? new Caller(stub.withWaitForReady(), WAITING_DEADLINE) : new Caller(stub, DEADLINE));
		return client;
	}

	/**
	 * Begins to call, at the full rate.
	 * @return this
	 */
	public Traffic start() {
		return start(Duration.ZERO);
	}

	/**
	 * Begins to call.
	 * @param rampUp over which the rate grows from nothing
	 * @return this
	 */
	Traffic start(Duration rampUp) {
		this.rampUpNanos = rampUp.toNanos();
		this.begunNanos = System.nanoTime();
		long periodNanos = TimeUnit.SECONDS.toNanos(1) / this.callsPerSecond;
		this.ticks.scheduleAtFixedRate(this::tick, 0, periodNanos, TimeUnit.NANOSECONDS);
		return this;
	}

	/**
	 * Makes no new calls.
	 */
	public void stop() {
		this.stopped = true;
	}

	/**
	 * Waits until all calls have ended, when no new ones are made.
	 */
	void awaitEnds() {
		await().atMost(DEADLINE).until(() -> this.callers.stream().allMatch((caller) -> caller.inFlight.get() == 0));
	}

	private void tick() {
		if (this.stopped) {
			return;
		}
		try {
			if (this.random.nextDouble() * this.rampUpNanos > System.nanoTime() - this.begunNanos) {
				return;
			}
			for (Caller caller : this.callers) {
				long number = this.callNumbers.incrementAndGet();
				caller.call((number % NESTED_EVERY == 0) ? DelayedService.NESTED : message(number));
			}
			this.servers.forEach((server) -> callBack(server.connections().all()));
		}
		catch (RuntimeException ex) {
			logger.error("traffic ends", ex);
			throw ex;
		}
	}

	private void callBack(Collection<BrpcConnection> connections) {
		this.callbackCallers.keySet().retainAll(connections.stream().map(BrpcConnection::id).toList());
		for (BrpcConnection connection : connections) {
			this.callbackCallers
				.computeIfAbsent(connection.id(),
						(id) -> new Caller(ExerciseGrpc.newStub(connection.channel()), DEADLINE))
				.call(message(this.callNumbers.incrementAndGet()));
		}
	}

	private static Payload message(long number) {
		return (number % LARGE_EVERY == 0) ? LARGE : PLAIN;
	}

	private void later(Runnable work) {
		int millis;
		synchronized (this.random) {
			millis = this.random.nextInt(MAX_HANDLER_MILLIS);
		}
		try {
			this.handlers.schedule(Context.current().wrap(work), millis, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("a handler came after the end", ex);
		}
	}

	/**
	 * Ends it, with the handlers that still run.
	 */
	@Override
	public void close() {
		stop();
		this.ticks.shutdownNow();
		this.handlers.shutdownNow();
	}

	/**
	 * Makes calls, of whose ends only the number matters here: the ledger knows the rest.
	 */
	private static final class Caller implements StreamObserver<Payload> {

		private final AtomicInteger inFlight = new AtomicInteger();

		private final ExerciseStub stub;

		private final Duration deadline;

		Caller(ExerciseStub stub, Duration deadline) {
			this.stub = stub;
			this.deadline = deadline;
		}

		void call(Payload message) {
			if (this.inFlight.get() < MAX_IN_FLIGHT) {
				this.inFlight.incrementAndGet();
				this.stub.withDeadlineAfter(this.deadline).unary(message, this);
			}
		}

		@Override
		public void onNext(Payload response) {
		}

		@Override
		public void onError(Throwable failure) {
			this.inFlight.decrementAndGet();
		}

		@Override
		public void onCompleted() {
			this.inFlight.decrementAndGet();
		}

	}

}
