package io.brpc.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.brpc.ConnectionRegistry;
import io.brpc.internal.connection.Acceptor;
import io.brpc.internal.connection.CallExecutor;
import io.brpc.internal.connection.ServiceRecorder;
import io.brpc.internal.h2.StreamServer;
import io.brpc.internal.quic.DatagramTransport;
import io.brpc.internal.quic.QuicListener;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * The one kind of {@link BrpcServer}: a UDP socket, the connections on it, and a gRPC
 * server that is handed their forward streams.
 * <p>
 * It ends in this order: refuse, drain, close connections, close the socket (closed
 * earlier, it would leave clients to their idle time-out), end the event loop.
 * <p>
 * Guarded by {@code lock}.
 */
final class ListeningServer extends BrpcServer {

	/**
	 * How long the loop has to be quiet before its thread ends, some time after the
	 * server has terminated. A handler that does not know yet that its call was cancelled
	 * may still write, and a loop that has ended does not release what was written.
	 */
	private static final long LOOP_QUIET_MILLIS = 500;

	private static final long LOOP_SHUTDOWN_MILLIS = 5000;

	private enum State {

		NEW, RUNNING, SHUTDOWN

	}

	private final Object lock = new Object();

	private final CompletableFuture<Void> terminated = new CompletableFuture<>();

	private final ListenSettings settings;

	private final CallExecutor executor;

	private final DatagramTransport transport = DatagramTransport.best();

	private final EventLoopGroup loops;

	private final Acceptor acceptor;

	private final Server streams;

	@GuardedBy("lock")
	private State state = State.NEW;

	private volatile @Nullable Channel datagrams;

	ListeningServer(ListenSettings settings, StreamServer streams, ServiceRecorder services, Acceptor acceptor,
			CallExecutor executor) {
		this.settings = settings;
		this.loops = this.transport.newEventLoopGroup("brpc-server-quic", settings.busyWait());
		this.executor = executor;
		this.acceptor = acceptor;
		streams.eventLoops(this.loops);
		this.acceptor.identify(services, executor);
		this.streams = services.executor(executor.executor()).build();
	}

	@Override
	public ConnectionRegistry connections() {
		return this.acceptor.registry();
	}

	@Override
	public void updateCredentials(ServerCredentials credentials) {
		this.settings.tls().replace(credentials);
	}

	@Override
	public BrpcServer start() throws IOException {
		synchronized (this.lock) {
			if (this.state != State.NEW) {
				throw new IllegalStateException("a server starts once, this one is " + this.state);
			}
			this.state = State.RUNNING;
			this.streams.start();
			ChannelFuture bound = QuicListener
				.bind(this.transport, this.loops.next(), this.settings.address(), this.settings.connections(),
						this.acceptor.streamCredit(), this.settings.tls(), this.acceptor)
				.awaitUninterruptibly();
			if (!bound.isSuccess()) {
				this.state = State.SHUTDOWN;
				this.streams.shutdownNow();
				release();
				throw new IOException(
						"UDP " + this.settings.address() + " can't be bound: " + bound.cause().getMessage(),
						bound.cause());
			}
			this.datagrams = bound.channel();
		}
		return this;
	}

	@Override
	public BrpcServer shutdown() {
		shutdown(this::drain);
		return this;
	}

	/**
	 * Closes connections before it drains, because after GOAWAY calls would end with
	 * gRPC's words rather than with ours.
	 */
	@Override
	public BrpcServer shutdownNow() {
		if (!shutdown(this::closeAndDrain)) {
			closeAll();
		}
		return this;
	}

	private boolean shutdown(Runnable end) {
		synchronized (this.lock) {
			if (this.state == State.SHUTDOWN) {
				return false;
			}
			if (this.state == State.NEW) {
				this.streams.shutdown();
				release();
			}
			else {
				this.loops.execute(end);
			}
			this.state = State.SHUTDOWN;
			return true;
		}
	}

	private void closeAndDrain() {
		this.acceptor.closeAll();
		drain();
	}

	private void closeAll() {
		try {
			this.loops.execute(this.acceptor::closeAll);
		}
		catch (RejectedExecutionException ex) {
			// The loops end after the last connection has: there is nothing to close.
		}
	}

	private void drain() {
		// Connections first: GOAWAY, which the gRPC server sends, ends streams of those
		// that are idle.
		CompletableFuture<Void> drained = this.acceptor.drain();
		this.streams.shutdown();
		drained.thenRun(this::release);
	}

	private void release() {
		Channel datagrams = this.datagrams;
		if (datagrams != null) {
			datagrams.close().addListener((closed) -> endLoops());
		}
		else {
			endLoops();
		}
	}

	private void endLoops() {
		this.executor.close();
		this.terminated.complete(null);
		this.loops.shutdownGracefully(LOOP_QUIET_MILLIS, LOOP_SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS);
	}

	@Override
	public boolean isShutdown() {
		synchronized (this.lock) {
			return this.state == State.SHUTDOWN;
		}
	}

	@Override
	public boolean isTerminated() {
		return this.terminated.isDone();
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
		try {
			this.terminated.get(timeout, unit);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("never completes exceptionally", ex);
		}
	}

	@Override
	public void awaitTermination() throws InterruptedException {
		awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
	}

	/**
	 * Returns the UDP port.
	 * @return the port, or -1 before the start
	 */
	@Override
	public int getPort() {
		Channel datagrams = this.datagrams;
		return (datagrams != null) ? ((InetSocketAddress) datagrams.localAddress()).getPort() : -1;
	}

	@Override
	public List<? extends SocketAddress> getListenSockets() {
		Channel datagrams = this.datagrams;
		return (datagrams != null) ? List.of(datagrams.localAddress()) : List.of();
	}

	@Override
	public List<ServerServiceDefinition> getServices() {
		return this.streams.getServices();
	}

	@Override
	public List<ServerServiceDefinition> getImmutableServices() {
		return this.streams.getImmutableServices();
	}

	@Override
	public List<ServerServiceDefinition> getMutableServices() {
		return this.streams.getMutableServices();
	}

	@Override
	public String toString() {
		return "BrpcServer[" + this.settings.address() + "]";
	}

}
