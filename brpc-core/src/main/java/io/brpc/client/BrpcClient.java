package io.brpc.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.brpc.BrpcConnection;
import io.brpc.internal.connection.CallExecutor;
import io.brpc.internal.connection.DialHistory;
import io.brpc.internal.connection.Dialer;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.netty.channel.EventLoopGroup;

/**
 * A client that calls a server and can be called by it. It has at most one connection
 * that is ready, and gets a new one when that is lost; calls in flight on a lost
 * connection end with {@code UNAVAILABLE} and are not repeated, for they may have run.
 * <p>
 * Safe for use by any thread.
 */
public final class BrpcClient implements AutoCloseable {

	private static final Duration CLOSE_GRACE_PERIOD = Duration.ofSeconds(5);

	/**
	 * How long the loop has to be quiet before its thread ends, some time after the
	 * client has terminated. A handler that does not know yet that its call was cancelled
	 * may still write, and a loop that has ended does not release what was written.
	 */
	private static final long LOOP_QUIET_MILLIS = 500;

	private static final long LOOP_SHUTDOWN_MILLIS = 5000;

	/**
	 * How long a drain waits for the server to end the reverse streams when the forward
	 * streams have ended. Our server does that at once, the Go library's never does.
	 */
	private static final long REVERSE_END_MILLIS = 1000;

	private enum State {

		NEW, RUNNING, SHUTDOWN

	}

	private final Object lock = new Object();

	private final CompletableFuture<Void> terminated = new CompletableFuture<>();

	private final ManagedChannel channel;

	private final Server reverseServer;

	private final Dialer dialer;

	private final EventLoopGroup loops;

	private final CallExecutor executor;

	private final ReconnectSettings reconnect;

	private final Reconnector reconnector;

	@GuardedBy("lock")
	private State state = State.NEW;

	BrpcClient(ManagedChannel channel, Server reverseServer, Dialer dialer, EventLoopGroup loops, CallExecutor executor,
			ReconnectSettings reconnect) {
		this.channel = channel;
		this.reverseServer = reverseServer;
		this.dialer = dialer;
		this.loops = loops;
		this.executor = executor;
		this.reconnect = reconnect;
		this.reconnector = new Reconnector(channel, loops.next(), reconnect, dialer.detour()::takeLeave,
				System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
	}

	/**
	 * Begins to connect, and returns without waiting for it. A client that is not started
	 * connects with its first call. Starting again does nothing.
	 * @return this
	 */
	public BrpcClient start() {
		synchronized (this.lock) {
			if (this.state == State.NEW) {
				this.state = State.RUNNING;
				connect();
			}
		}
		return this;
	}

	private void connect() {
		if (this.reconnect.enabled()) {
			this.reconnector.start();
		}
		else {
			this.channel.getState(true);
		}
	}

	/**
	 * Returns the channel for calls to the server. Calls made while there is no
	 * connection wait for one that is being set up; when the last attempt has failed they
	 * fail at once with {@code UNAVAILABLE} and the reason, unless they are made
	 * {@linkplain io.grpc.CallOptions#withWaitForReady() to wait}.
	 * @return the channel, the same object always
	 */
	public Channel channel() {
		return this.channel;
	}

	/**
	 * Returns the state of the channel.
	 * @return the state; {@code SHUTDOWN} after {@link #shutdown()}
	 */
	public ConnectivityState state() {
		return this.channel.getState(false);
	}

	/**
	 * Returns the connection that calls go to now.
	 * @return the connection; empty while there is none that is ready
	 */
	public Optional<BrpcConnection> connection() {
		return this.dialer.current();
	}

	/**
	 * Returns how the client gets on with its attempts to connect.
	 * @return a snapshot
	 */
	public ReconnectState reconnectState() {
		DialHistory history = this.dialer.history();
		return new ReconnectState(history.attempts(), Optional.ofNullable(history.lastError()), this.reconnector.due());
	}

	/**
	 * Returns the connection of the server's call that is being handled, as the current
	 * {@link io.grpc.Context} has it.
	 * @return the connection; empty outside a handler of this client
	 */
	public Optional<BrpcConnection> callingConnection() {
		return this.dialer.ofCall();
	}

	/**
	 * Replaces what the server's certificate is checked against, and the client's own
	 * certificate and private key. A connection that is there stays as it is; those that
	 * come from now on use the new credentials, and none of them resumes an older TLS
	 * session.
	 * @param credentials {@link io.grpc.TlsChannelCredentials}
	 * @throws IllegalArgumentException if the credentials are not TLS, or can't be read;
	 * those before stay
	 */
	public void updateCredentials(ChannelCredentials credentials) {
		this.dialer.updateCredentials(credentials);
	}

	/**
	 * Takes no new calls, lets those in flight in both directions finish, then closes the
	 * connection. Returns without waiting for it.
	 * @return this
	 */
	public BrpcClient shutdown() {
		shutdown(this::drain);
		return this;
	}

	private boolean shutdown(Runnable end) {
		synchronized (this.lock) {
			if (this.state == State.SHUTDOWN) {
				return false;
			}
			this.state = State.SHUTDOWN;
			this.loops.execute(end);
			return true;
		}
	}

	/**
	 * Ends everything at once. Calls in flight end with {@code UNAVAILABLE}; one that
	 * still waited for the target's name to be looked up ends with {@code CANCELLED},
	 * which is gRPC's. Returns without waiting for it.
	 * @return this
	 */
	public BrpcClient shutdownNow() {
		// Connections first: after gRPC's own end calls would end with gRPC's words
		// rather than with ours.
		if (!shutdown(this::closeAndDrain)) {
			try {
				this.loops.execute(this.dialer::closeAll);
			}
			catch (RejectedExecutionException ex) {
				// The loops end after the last connection has: there is nothing to close.
			}
		}
		return this;
	}

	private void closeAndDrain() {
		this.dialer.closeAll();
		drain();
	}

	private void drain() {
		CompletableFuture<Void> drained = this.dialer.drain();
		this.dialer.forwardDrained()
			.thenRun(
					() -> this.loops.schedule(this.reverseServer::shutdown, REVERSE_END_MILLIS, TimeUnit.MILLISECONDS));
		this.channel.shutdown();
		drained.thenRun(this::release);
	}

	private void release() {
		this.channel.shutdownNow();
		this.reverseServer.shutdownNow();
		this.executor.close();
		this.terminated.complete(null);
		this.loops.shutdownGracefully(LOOP_QUIET_MILLIS, LOOP_SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS);
	}

	/**
	 * Tells whether the client has ended and holds nothing any more.
	 * @return whether it has
	 */
	public boolean isTerminated() {
		return this.terminated.isDone();
	}

	/**
	 * Waits for the client to end.
	 * @param timeout how long to wait
	 * @return whether it has ended
	 * @throws InterruptedException if the thread is interrupted
	 */
	public boolean awaitTermination(Duration timeout) throws InterruptedException {
		try {
			this.terminated.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("never completes exceptionally", ex);
		}
	}

	/**
	 * Drains, ends what is left after 5 seconds, and waits until the client has ended. If
	 * the thread is interrupted, everything ends at once and without waiting.
	 */
	@Override
	public void close() {
		shutdown();
		try {
			if (!awaitTermination(CLOSE_GRACE_PERIOD)) {
				shutdownNow();
				awaitTermination(CLOSE_GRACE_PERIOD);
			}
		}
		catch (InterruptedException ex) {
			shutdownNow();
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public String toString() {
		return "BrpcClient[" + this.channel.authority() + "]";
	}

}
