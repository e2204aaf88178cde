package io.brpc.internal.connection;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

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
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a connection, and the attempt to get it: dials, reads the ID,
 * opens the forward stream, serves the reverse stream. The reverse stream may come before
 * the ID does and then waits, unread.
 * <p>
 * Event-loop confined.
 */
final class Dial implements ConnectionEvents, ConnectionRole {

	/**
	 * How long a drain waits for the server to end the reverse stream when the forward
	 * stream has ended. Ours does so at once.
	 */
	private static final long REVERSE_END_MILLIS = 1000;

	private final Dialer dialer;

	private final DialSettings settings;

	private final StreamChannel forward;

	private final EventLoop loop;

	private final InetSocketAddress server;

	private final ManagedChannel channel;

	private final long begunNanos = System.nanoTime();

	private String awaited = "QUIC handshake";

	private @Nullable Future<?> timer;

	private @Nullable QuicDialer attempt;

	private @Nullable QuicChannel quic;

	private @Nullable QuicStreamChannel reverseStream;

	private @Nullable Connection connection;

	private final CompletableFuture<Void> usable = new CompletableFuture<>();

	private CompletableFuture<Void> told = CompletableFuture.completedFuture(null);

	private boolean drainedHere;

	private boolean idOpened;

	private boolean wasReady;

	private boolean failed;

	Dial(Dialer dialer, DialSettings settings, StreamChannel forward, InetSocketAddress server,
			ManagedChannel channel) {
		this.dialer = dialer;
		this.settings = settings;
		this.forward = forward;
		this.loop = forward.eventLoop();
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
		long limit = this.settings.transportSettings().setupTimeout().toMillis();
		this.timer = this.loop.schedule(
				() -> fail(CloseCode.SETUP_TIMEOUT,
						CloseReason.timedOut(this.awaited + " did not come within " + limit + " ms")),
				limit, TimeUnit.MILLISECONDS);
		this.attempt = QuicDialer.dial(this.settings.transport(), this.loop, this.server, serverName(this.channel),
				this.settings.transportSettings(), this.settings.tls(), this);
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
	}

	@Override
	public void streamOpened(QuicStreamChannel stream) {
		if (stream.type() == QuicStreamType.UNIDIRECTIONAL) {
			idStreamOpened(stream);
		}
		else if (this.reverseStream != null) {
			refuse(CloseCode.UNEXPECTED_STREAM, "a server opens exactly one bidirectional stream");
		}
		else {
			this.reverseStream = stream;
			if (this.connection != null) {
				this.dialer.serve(stream, this.connection.reverse());
			}
		}
	}

	private void idStreamOpened(QuicStreamChannel stream) {
		if (this.idOpened) {
			refuse(CloseCode.UNEXPECTED_STREAM, "a server opens exactly one unidirectional stream");
			return;
		}
		this.idOpened = true;
		stream.config().setOption(QuicChannelOption.READ_FRAMES, true);
		stream.pipeline()
			.addLast(new ConnectionIdReader(this::idReceived, (words) -> refuse(CloseCode.BAD_CONNECTION_ID, words)));
		stream.read();
	}

	private void idReceived(ConnectionId id) {
		QuicChannel quic = this.quic;
		if (this.failed || quic == null) {
			return;
		}
		this.awaited = "gRPC";
		stopTimer();
		Connection connection = new Connection(quic, id, this.settings.transportSettings(), this, this.channel);
		this.connection = connection;
		connection.limitSetup(this.begunNanos, "gRPC from the peer");
		quic.createStream(QuicStreamType.BIDIRECTIONAL, new UnreadStream())
			.addListener((Future<QuicStreamChannel> stream) -> forwardOpened(stream, connection));
		QuicStreamChannel reverseStream = this.reverseStream;
		if (reverseStream != null) {
			this.dialer.serve(reverseStream, connection.reverse());
		}
	}

	private void forwardOpened(Future<QuicStreamChannel> stream, Connection connection) {
		if (!stream.isSuccess()) {
			refuse(CloseCode.PROTOCOL_ERROR, "no credit for the forward gRPC stream");
		}
		else if (this.forward.isOpen()) {
			this.forward.connected(stream.getNow(), connection.forward());
		}
		else {
			connection.closeNow(CloseCode.NO_ERROR, "");
		}
	}

	@Override
	public void peerSpoke(GrpcStream stream) {
		Connection connection = Objects.requireNonNull(this.connection, "connection");
		if (stream == connection.forward()) {
			connection.becomeReady();
		}
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

	@Override
	public void streamEnded(GrpcStream stream) {
		Connection connection = Objects.requireNonNull(this.connection, "connection");
		if (stream == connection.forward() && stream.isEnded() && this.drainedHere) {
			// The Go library's server never ends the reverse stream by itself.
			this.loop.schedule(() -> connection.reverse().drain(), REVERSE_END_MILLIS, TimeUnit.MILLISECONDS);
		}
		if (stream == connection.reverse() && !stream.isRemoteEnded() && !this.dialer.isForwardDrained()
				&& !connection.forward().isEnded()) {
			// gRPC gave up on it, which here means that keep-alive had no answer.
			connection.closeNow(CloseCode.STREAM_LOST, "no sign of life on the reverse gRPC stream");
		}
		this.dialer.streamEnded();
	}

	boolean isForwardEnded() {
		return this.connection == null || this.connection.forward().isEnded();
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
			this.connection.transportClosed(reason);
		}
		else {
			fail(CloseCode.NO_ERROR, reason);
		}
		this.dialer.gone(this, this.told, this.loop);
	}

	void drain(CloseCode code) {
		if (this.connection != null) {
			this.connection.drain(code);
		}
	}

	void close(CloseCode code) {
		if (this.connection != null) {
			this.connection.closeNow(code, "");
		}
		else {
			fail("the client was closed");
		}
	}

	private void refuse(CloseCode code, String words) {
		if (this.connection != null) {
			this.connection.closeNow(code, words);
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
		stopTimer();
		if (this.quic != null) {
			QuicClose.close(this.quic, code, "");
		}
		else if (this.attempt != null) {
			this.attempt.abort();
		}
	}

	private void stopTimer() {
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
	}

}
