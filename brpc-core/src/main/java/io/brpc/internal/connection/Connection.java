package io.brpc.internal.connection;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.ClientIdentity;
import io.brpc.CloseCode;
import io.brpc.CloseReason;
import io.brpc.ConnectionId;
import io.brpc.ConnectionStats;
import io.brpc.TransportSettings;
import io.brpc.internal.h2.SendQueue;
import io.brpc.internal.quic.QuicClose;
import io.brpc.internal.quic.QuicStats;
import io.grpc.Channel;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.concurrent.Future;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One connection, on either side: a state machine over a QUIC connection and its two gRPC
 * streams.
 * <p>
 * It drains when one of its streams ends in an orderly way, or when it is told to.
 * Whoever began the drain closes QUIC, and only when both ends of both streams have
 * ended; the other side waits for that, but not for ever.
 * <p>
 * Event-loop confined, but for the methods of {@link BrpcConnection}, which hop there or
 * read what is safe to read.
 */
final class Connection implements BrpcConnection {

	/**
	 * How long the side that did not begin the drain waits, when all is said, for the
	 * other to close QUIC. Long enough for a busy machine: who waits less does not learn
	 * why the connection ended.
	 */
	private static final Duration PEER_CLOSES_WITHIN = Duration.ofSeconds(5);

	private final QuicChannel quic;

	private final ConnectionId id;

	private final String idText;

	private final TransportSettings settings;

	private final ConnectionRole role;

	private final Channel channel;

	private final PeerAddress peerAddress;

	private final InetSocketAddress localAddress;

	private final SSLSession sslSession;

	private volatile @Nullable Principal principal;

	private @Nullable String principalName;

	private final Instant establishedAt = Instant.now();

	private final ConcurrentMap<String, Object> attributes = new ConcurrentHashMap<>();

	private final Membership membership = new Membership(this);

	private final GrpcStream forward = new GrpcStream(this, "forward");

	private final GrpcStream reverse = new GrpcStream(this, "reverse");

	private final SendQueue sendQueue;

	private volatile ConnectionState state = ConnectionState.HANDSHAKE;

	private volatile @Nullable CloseReason closeReason;

	private volatile Duration setupTime = Duration.ZERO;

	private long begunNanos;

	private @Nullable CloseCode drainCode;

	private @Nullable Future<?> timer;

	Connection(QuicChannel quic, ConnectionId id, TransportSettings settings, ConnectionRole role, Channel channel) {
		this.quic = quic;
		this.id = id;
		this.idText = id.toString();
		this.settings = settings;
		this.role = role;
		this.channel = channel;
		this.peerAddress = new PeerAddress(
				(InetSocketAddress) Objects.requireNonNull(quic.remoteSocketAddress(), "remote address"), this);
		this.localAddress = (InetSocketAddress) Objects.requireNonNull(quic.localSocketAddress(), "local address");
		this.sslSession = Objects.requireNonNull(quic.sslEngine(), "TLS engine").getSession();
		setPrincipal(peerPrincipal(this.sslSession));
		this.sendQueue = new SendQueue("brpc connection " + id, settings.maxQueuedBytes());
	}

	private static @Nullable Principal peerPrincipal(SSLSession session) {
		try {
			return session.getPeerPrincipal();
		}
		catch (SSLPeerUnverifiedException ex) {
			return null;
		}
	}

	private void setPrincipal(@Nullable Principal principal) {
		this.principal = principal;
		this.principalName = (principal != null) ? principal.getName() : null;
	}

	/**
	 * Returns the name that the peer is found by. Asked for once, so that it stays the
	 * same whatever the application's principal does. Event-loop confined.
	 * @return the name of the principal, or null if there is none
	 */
	@Nullable String principalName() {
		return this.principalName;
	}

	GrpcStream forward() {
		return this.forward;
	}

	GrpcStream reverse() {
		return this.reverse;
	}

	ConnectionState state() {
		return this.state;
	}

	PeerAddress peerAddress() {
		return this.peerAddress;
	}

	SendQueue sendQueue() {
		return this.sendQueue;
	}

	/**
	 * Returns how long a stream may take nothing of what waits for it: as long as the
	 * connection may be silent.
	 * @return the time
	 */
	Duration stallTimeout() {
		return this.settings.maxIdleTimeout();
	}

	EventLoop eventLoop() {
		return this.quic.eventLoop();
	}

	/**
	 * Returns the status of calls that the end of the connection, or of a stream, ends.
	 * @return {@code UNAVAILABLE}, with the reason
	 */
	Status lossStatus() {
		CloseReason reason = this.closeReason;
		return (reason != null) ? reason.status(this.id)
				: Status.UNAVAILABLE.withDescription("brpc connection " + this.id + ": the peer ended the gRPC stream");
	}

	/**
	 * Closes the connection if it is not ready in time.
	 * @param since when the set-up began, {@link System#nanoTime()}
	 * @param awaited what is waited for now, in words
	 */
	void limitSetup(long since, String awaited) {
		this.begunNanos = since;
		long left = this.settings.setupTimeout().toNanos() - (System.nanoTime() - since);
		startTimer(Math.max(left, 0), CloseCode.SETUP_TIMEOUT,
				"no " + awaited + " within " + this.settings.setupTimeout().toMillis() + " ms");
	}

	/**
	 * Takes over what the application found out about the peer, before the connection is
	 * ready.
	 * @param identity who the peer is
	 */
	void identify(ClientIdentity identity) {
		assert eventLoop().inEventLoop() && this.state == ConnectionState.HANDSHAKE;
		setPrincipal(identity.principal());
		this.attributes.putAll(identity.attributes());
		identity.groups().forEach(this::joinGroup);
	}

	void peerSpoke(GrpcStream stream) {
		if (this.state != ConnectionState.CLOSED) {
			this.role.peerSpoke(stream);
		}
	}

	/**
	 * The set-up is complete.
	 */
	void becomeReady() {
		assert eventLoop().inEventLoop();
		this.state = this.state.moveTo(ConnectionState.READY);
		this.setupTime = Duration.ofNanos(System.nanoTime() - this.begunNanos);
		stopTimer();
		this.role.ready();
	}

	/**
	 * Begins a drain that this side closes QUIC after. Its streams are ended by gRPC.
	 * @param code what QUIC is closed with
	 */
	void drain(CloseCode code) {
		assert eventLoop().inEventLoop();
		switch (this.state) {
			case HANDSHAKE -> closeNow(code, "");
			case READY -> {
				this.drainCode = code;
				beginDrain();
			}
			case DRAINING -> {
				// If the peer began it, the peer closes, and says why.
				if (this.drainCode != null) {
					this.drainCode = code;
				}
			}
			case CLOSED -> {
			}
		}
		closeIfEnded();
	}

	private void beginDrain() {
		this.state = this.state.moveTo(ConnectionState.DRAINING);
		this.role.unready();
	}

	/**
	 * The peer wants no more calls on a stream. If that is the forward stream, it drains
	 * the connection, and bounds the time itself. The reverse stream follows by itself.
	 * @param stream the stream
	 */
	void toldToGo(GrpcStream stream) {
		if (this.state == ConnectionState.READY && stream == this.forward) {
			this.role.toldToGo();
			beginDrain();
		}
	}

	void streamEnded(GrpcStream stream) {
		if (this.state == ConnectionState.CLOSED) {
			return;
		}
		if (this.state == ConnectionState.HANDSHAKE) {
			closeNow(CloseCode.STREAM_LOST, stream + " ended during set-up");
			return;
		}
		if (this.state == ConnectionState.READY) {
			if (!stream.isRemoteEnded()) {
				this.drainCode = CloseCode.STREAM_LOST;
			}
			beginDrain();
			limitDrain();
		}
		else if (this.drainCode == null && this.timer == null) {
			limitDrain();
		}
		this.role.streamEnded(stream);
		closeIfEnded();
	}

	private void limitDrain() {
		startTimer(this.settings.drainTimeout().toNanos(), CloseCode.DRAIN_TIMEOUT,
				"not drained within " + this.settings.drainTimeout().toMillis() + " ms");
	}

	private void closeIfEnded() {
		if (this.state != ConnectionState.DRAINING || !this.forward.isEnded() || !this.reverse.isEnded()) {
			return;
		}
		if (this.drainCode != null) {
			closeNow(this.drainCode, "");
		}
		else {
			startTimer(PEER_CLOSES_WITHIN.toNanos(), CloseCode.NO_ERROR, "");
		}
	}

	/**
	 * Closes QUIC at once.
	 * @param code what the peer is told
	 * @param reason what the peer is told beside
	 */
	void closeNow(CloseCode code, String reason) {
		assert eventLoop().inEventLoop();
		if (this.state != ConnectionState.CLOSED) {
			finish(CloseReason.local(code, reason));
			QuicClose.close(this.quic, code, reason);
		}
	}

	/**
	 * QUIC is gone.
	 * @param reason as far as the transport knows
	 */
	void transportClosed(CloseReason reason) {
		assert eventLoop().inEventLoop();
		if (this.state != ConnectionState.CLOSED) {
			finish(reason);
		}
	}

	private void finish(CloseReason reason) {
		ConnectionState last = this.state;
		this.closeReason = reason;
		this.state = last.moveTo(ConnectionState.CLOSED);
		stopTimer();
		if (last == ConnectionState.READY) {
			this.role.unready();
		}
		Status status = reason.status(this.id);
		this.forward.fail(status);
		this.reverse.fail(status);
		this.role.ended(reason);
	}

	private void startTimer(long nanos, CloseCode code, String reason) {
		stopTimer();
		this.timer = eventLoop().schedule(() -> closeNow(code, reason), nanos, TimeUnit.NANOSECONDS);
	}

	private void stopTimer() {
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
	}

	@Override
	public ConnectionId id() {
		return this.id;
	}

	/**
	 * Returns the ID as each call's metadata have it. May be asked by any thread.
	 * @return the canonical text
	 */
	String idText() {
		return this.idText;
	}

	@Override
	public Channel channel() {
		return this.channel;
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return this.peerAddress;
	}

	@Override
	public InetSocketAddress localAddress() {
		return this.localAddress;
	}

	@Override
	public SSLSession sslSession() {
		return this.sslSession;
	}

	@Override
	public Optional<Principal> principal() {
		return Optional.ofNullable(this.principal);
	}

	@Override
	public ConcurrentMap<String, Object> attributes() {
		return this.attributes;
	}

	Membership membership() {
		return this.membership;
	}

	@Override
	public Set<String> groups() {
		return this.membership.groups();
	}

	@Override
	public void joinGroup(String group) {
		this.membership.join(group);
	}

	@Override
	public void leaveGroup(String group) {
		this.membership.leave(group);
	}

	@Override
	public Instant establishedAt() {
		return this.establishedAt;
	}

	@Override
	public Duration setupTime() {
		return this.setupTime;
	}

	@Override
	public CompletionStage<ConnectionStats> stats() {
		return QuicStats.collect(this.quic, this::withLoad);
	}

	private ConnectionStats withLoad(ConnectionStats stats) {
		return stats.withLoad(this.sendQueue.bytes(), this.forward.inboundCalls() + this.reverse.inboundCalls(),
				this.forward.outboundCalls() + this.reverse.outboundCalls());
	}

	@Override
	public Optional<CloseReason> closeReason() {
		return Optional.ofNullable(this.closeReason);
	}

	@Override
	public void drain() {
		if (eventLoop().inEventLoop()) {
			drainNow();
		}
		else if (this.state != ConnectionState.CLOSED) {
			eventLoop().execute(this::drainNow);
		}
	}

	private void drainNow() {
		if (this.state == ConnectionState.READY) {
			this.role.leave();
			limitDrain();
			drain(CloseCode.NO_ERROR);
			this.forward.drain();
		}
		else if (this.state == ConnectionState.HANDSHAKE) {
			closeNow(CloseCode.NO_ERROR, "");
		}
	}

	@Override
	public void close(CloseCode code, String reason) {
		if (eventLoop().inEventLoop()) {
			closeNow(code, reason);
		}
		else if (this.state != ConnectionState.CLOSED) {
			eventLoop().execute(() -> closeNow(code, reason));
		}
	}

	@Override
	public String toString() {
		return "brpc connection " + this.id + " with " + this.peerAddress + " (" + this.state + ")";
	}

}
