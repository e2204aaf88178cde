package io.brpc.internal.connection;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.brpc.CloseCode;
import io.brpc.CloseReason;
import io.brpc.CloseReason.Origin;
import io.brpc.ConnectionId;
import io.brpc.internal.h2.StreamChannel;
import io.brpc.internal.quic.ConnectionEvents;
import io.brpc.internal.quic.QuicClose;
import io.brpc.internal.quic.QuicDialer;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a connection, by any wire, and the attempt to get it: dials, and
 * lets the session begin, which finds out the ID.
 * <p>
 * Event-loop confined.
 */
final class Dial implements ConnectionEvents, ConnectionRole {

	private final Dialer dialer;

	private final DialSettings settings;

	private final StreamChannel forward;

	private final EventLoop loop;

	private final InetSocketAddress server;

	private final ManagedChannel channel;

	private final long begunNanos = System.nanoTime();

	private String awaited = "QUIC handshake";

	private final Countdown limit;

	private @Nullable QuicDialer attempt;

	private @Nullable QuicChannel quic;

	private @Nullable Session session;

	private @Nullable Connection connection;

	private final CompletableFuture<Void> usable = new CompletableFuture<>();

	private CompletableFuture<Void> told = CompletableFuture.completedFuture(null);

	private boolean drainedHere;

	private boolean wasReady;

	private boolean failed;

	Dial(Dialer dialer, DialSettings settings, StreamChannel forward, InetSocketAddress server,
			ManagedChannel channel) {
		this.dialer = dialer;
		this.settings = settings;
		this.forward = forward;
		this.loop = forward.eventLoop();
		this.limit = new Countdown(this.loop);
		this.server = server;
		this.channel = channel;
	}

	void start() {
		if (this.server.isUnresolved()) {
			fail("the name does not resolve to an address");
			this.dialer.gone(this, this.told, this.loop);
			return;
		}
		if (this.dialer.isHolding()) {
			fail("the server has replaced this client's connection by another one of the same client; "
					+ "this one waits before it dials again");
			this.dialer.gone(this, this.told, this.loop);
			return;
		}
		Duration limit = this.settings.transportSettings().setupTimeout();
		this.limit.start(limit.toNanos(), () -> fail(CloseCode.SETUP_TIMEOUT,
				CloseReason.timedOut(this.awaited + " did not come within " + limit.toMillis() + " ms")));
		this.attempt = QuicDialer.dial(this.settings.transport(), this.loop, this.server, serverName(this.channel),
				this.settings.transportSettings(), this.dialer.streamCredit(), this.settings.tls(), this);
		// gRPC closes the channel if it no longer wants the connection.
		this.forward.closeFuture().addListener((closed) -> {
			if (this.connection == null) {
				giveUp(CloseCode.NO_ERROR);
			}
		});
	}

	private static String serverName(ManagedChannel channel) {
		String host = URI.create("//" + channel.authority()).getHost();
		return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
	}

	@Override
	public void established(QuicChannel channel) {
		this.quic = channel;
		this.awaited = "connection ID";
		Session session = this.dialer.newSession(this, channel, this.forward);
		this.session = session;
		session.start();
	}

	@Override
	public void streamOpened(QuicStreamChannel stream) {
		if (!this.failed || this.connection != null) {
			Objects.requireNonNull(this.session, "a stream before the handshake").streamOpened(stream);
		}
	}

	/**
	 * The session has found out the ID: from now on there is a connection.
	 * @param id the ID
	 */
	void identified(ConnectionId id) {
		QuicChannel quic = this.quic;
		Session session = this.session;
		if (this.failed || quic == null || session == null) {
			return;
		}
		this.limit.stop();
		Connection connection = new Connection(quic, id, this.settings.transportSettings(), this, session,
				this.channel);
		this.connection = connection;
		connection.life().limitSetup(this.begunNanos, "gRPC from the peer");
		session.attach(connection);
	}

	@Override
	public void ready() {
		Connection connection = Objects.requireNonNull(this.connection, "connection");
		this.wasReady = true;
		awaitChannel();
		this.told = this.dialer.ready(connection, CompletableFuture.allOf(this.told, this.usable));
	}

	/**
	 * Waits until gRPC knows that the channel is ready, which is a moment after the
	 * server's first bytes. A call of a listener that was told before could end with the
	 * failure of an earlier attempt.
	 */
	private void awaitChannel() {
		ConnectivityState state = this.channel.getState(false);
		if (state == ConnectivityState.READY || state == ConnectivityState.SHUTDOWN) {
			this.usable.complete(null);
		}
		else if (!this.usable.isDone()) {
			this.channel.notifyWhenStateChanged(state, this::awaitChannel);
		}
	}

	@Override
	public void unready() {
		this.dialer.unready(Objects.requireNonNull(this.connection, "connection"));
	}

	@Override
	public void leave() {
		this.drainedHere = true;
		this.dialer.leave();
	}

	@Override
	public void toldToGo() {
		this.dialer.toldToGo(this.server);
	}

	/**
	 * Tells whether it was this side that began to drain this one connection.
	 * @return whether it was
	 */
	boolean isDrainedHere() {
		return this.drainedHere;
	}

	/**
	 * Tells whether the whole client drains, and its own calls have ended.
	 * @return whether they have
	 */
	boolean isForwardDrained() {
		return this.dialer.isForwardDrained();
	}

	/**
	 * A part of the session has ended.
	 */
	void partEnded() {
		this.dialer.partEnded();
	}

	boolean isForwardEnded() {
		return this.connection == null || this.connection.session().isForwardEnded();
	}

	@Override
	public void ended(CloseReason reason) {
		Connection connection = Objects.requireNonNull(this.connection, "connection");
		if (this.wasReady) {
			this.usable.complete(null);
			this.told = this.dialer.closed(connection, reason, this.told);
		}
		else {
			// The connection closes QUIC itself, with its own code.
			report(reason);
		}
	}

	@Override
	public void closed(CloseReason reason) {
		if (this.connection != null) {
			this.connection.life().transportClosed(reason);
		}
		else {
			fail(CloseCode.NO_ERROR, reason);
		}
		this.dialer.gone(this, this.told, this.loop);
	}

	void shutdown(CloseCode code) {
		if (this.connection != null) {
			this.connection.life().shutdown(code);
		}
	}

	void close(CloseCode code) {
		if (this.connection != null) {
			this.connection.life().closeNow(code, "");
		}
		else {
			fail("the client was closed");
		}
	}

	/**
	 * The server breaks a rule, whether or not the connection has its ID.
	 * @param code what the server is told
	 * @param words what it is told beside
	 */
	void refuse(CloseCode code, String words) {
		if (this.connection != null) {
			this.connection.life().closeNow(code, words);
		}
		else {
			fail(code, CloseReason.local(code, words));
		}
	}

	private void fail(String words) {
		fail(CloseCode.NO_ERROR, new CloseReason(Origin.LOCAL, words));
	}

	private void fail(CloseCode code, CloseReason reason) {
		if (!this.failed) {
			giveUp(code);
			report(reason);
		}
	}

	/**
	 * Tells gRPC that this attempt has failed.
	 */
	private void report(CloseReason reason) {
		this.failed = true;
		this.told = this.dialer.failed(this.server, reason, this.told);
		this.forward.connectFailed(failure(this.server, reason.description()));
	}

	/**
	 * Returns what calls end with that wait for an attempt which failed.
	 * @param server the server's address
	 * @param words why it failed
	 * @return {@code UNAVAILABLE}
	 */
	static Status failure(InetSocketAddress server, String words) {
		return Status.UNAVAILABLE.withDescription("no brpc connection to " + server + ": " + words);
	}

	private void giveUp(CloseCode code) {
		this.failed = true;
		if (this.session != null && this.connection == null) {
			this.session.fail(Status.UNAVAILABLE);
		}
		this.limit.stop();
		if (this.quic != null) {
			QuicClose.close(this.quic, code, "");
		}
		else if (this.attempt != null) {
			this.attempt.abort();
		}
	}

}
