package io.brpc.internal.connection;

import java.time.Duration;

import io.brpc.CloseCode;
import io.brpc.CloseReason;
import io.brpc.ConnectionId;
import io.brpc.TransportSettings;
import io.brpc.internal.quic.QuicClose;
import io.brpc.internal.quic.UnheardWatch;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import org.jspecify.annotations.Nullable;

/**
 * The life of a {@link Connection}, on either side and by any wire: a state machine over
 * a QUIC connection and the {@link Session} on it.
 * <p>
 * It drains when a part of its session ends in an orderly way, or when it is told to.
 * Whoever began the drain closes QUIC, and only when the session has ended; the other
 * side waits for that, but not for ever.
 * <p>
 * Event-loop confined, but for {@link #drain()} and {@link #close}, which hop there, and
 * what is asked, which is safe to read.
 */
final class ConnectionLife {

	/**
	 * How long the side that did not begin the drain waits, when all is said, for the
	 * other to close QUIC. Long enough for a busy machine: who waits less does not learn
	 * why the connection ended.
	 */
	private static final Duration PEER_CLOSES_WITHIN = Duration.ofSeconds(5);

	private final QuicChannel quic;

	private final ConnectionId id;

	private final TransportSettings settings;

	private final ConnectionRole role;

	private final Session session;

	private final Countdown countdown;

	private final UnheardWatch unheardWatch;

	private volatile ConnectionState state = ConnectionState.HANDSHAKE;

	private volatile @Nullable CloseReason closeReason;

	private volatile Duration setupTime = Duration.ZERO;

	private long begunNanos;

	private @Nullable CloseCode drainCode;

	ConnectionLife(QuicChannel quic, ConnectionId id, TransportSettings settings, ConnectionRole role,
			Session session) {
		this.quic = quic;
		this.id = id;
		this.settings = settings;
		this.role = role;
		this.session = session;
		this.countdown = new Countdown(quic.eventLoop());
		this.unheardWatch = new UnheardWatch(quic, settings.maxIdleTimeout(), this::unheard);
	}

	private EventLoop eventLoop() {
		return this.quic.eventLoop();
	}

	ConnectionState state() {
		return this.state;
	}

	/**
	 * Returns why the connection has ended.
	 * @return the reason, null as long as it has not
	 */
	@Nullable CloseReason closeReason() {
		return this.closeReason;
	}

	/**
	 * Returns how long the set-up took.
	 * @return zero as long as it is not complete
	 */
	Duration setupTime() {
		return this.setupTime;
	}

	/**
	 * Returns the status of calls that the end of the connection, or of a part of its
	 * session, ends.
	 * @param otherwise what happened, if the connection has not ended
	 * @return {@code UNAVAILABLE}, with the reason
	 */
	Status lossStatus(String otherwise) {
		CloseReason reason = this.closeReason;
		return (reason != null) ? reason.status(this.id)
				: Status.UNAVAILABLE.withDescription("brpc connection " + this.id + ": " + otherwise);
	}

	/**
	 * Closes the connection if it is not ready in time.
	 * @param since when the set-up began, {@link System#nanoTime()}
	 * @param awaited what is waited for now, in words
	 */
	void limitSetup(long since, String awaited) {
		this.begunNanos = since;
		long left = this.settings.setupTimeout().toNanos() - (System.nanoTime() - since);
		closeAfter(left, CloseCode.SETUP_TIMEOUT,
				"no " + awaited + " within " + this.settings.setupTimeout().toMillis() + " ms");
	}

	/**
	 * The set-up is complete. Does nothing if the connection has ended meanwhile.
	 */
	void becomeReady() {
		assert eventLoop().inEventLoop();
		if (this.state == ConnectionState.CLOSED) {
			return;
		}
		this.state = this.state.moveTo(ConnectionState.READY);
		this.setupTime = Duration.ofNanos(System.nanoTime() - this.begunNanos);
		this.countdown.stop();
		this.unheardWatch.start();
		this.role.ready();
	}

	/**
	 * Begins a drain that this side closes QUIC after, because the whole client or server
	 * shuts down.
	 * @param code what QUIC is closed with
	 */
	void shutdown(CloseCode code) {
		beginDrain(code);
		this.session.shutdown();
		closeIfEnded();
	}

	private void beginDrain(CloseCode code) {
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
	}

	private void beginDrain() {
		this.state = this.state.moveTo(ConnectionState.DRAINING);
		this.role.unready();
	}

	/**
	 * The peer wants no more calls. It drains the connection, and bounds the time itself.
	 */
	void toldToGo() {
		if (this.state == ConnectionState.READY) {
			this.role.toldToGo();
			beginDrain();
		}
	}

	/**
	 * A part of the session has ended in an orderly way, and with it the connection is on
	 * its way to the end. To be followed by {@link #closeIfEnded}.
	 * @param part what has ended, in words
	 * @param byPeer whether the peer has said so
	 * @return whether the connection is still there
	 */
	boolean partEnded(String part, boolean byPeer) {
		if (this.state == ConnectionState.CLOSED) {
			return false;
		}
		if (this.state == ConnectionState.HANDSHAKE) {
			closeNow(CloseCode.STREAM_LOST, part + " ended during set-up");
			return false;
		}
		if (this.state == ConnectionState.READY) {
			if (!byPeer) {
				this.drainCode = CloseCode.STREAM_LOST;
			}
			beginDrain();
			limitDrain();
		}
		else if (this.drainCode == null && !this.countdown.isStarted()) {
			limitDrain();
		}
		return true;
	}

	private void limitDrain() {
		limitDrain(this.settings.drainTimeout());
	}

	private void limitDrain(Duration limit) {
		closeAfter(limit.toNanos(), CloseCode.DRAIN_TIMEOUT, "not drained within " + limit.toMillis() + " ms");
	}

	/**
	 * Closes QUIC, or waits for the peer to do so, if a drain is complete. A peer that
	 * began it may be gone before we hear its last words, which nobody repeats then.
	 */
	void closeIfEnded() {
		if (this.state != ConnectionState.DRAINING) {
			return;
		}
		if (this.drainCode == null && this.session.isLocalEnded()) {
			closeAfter(PEER_CLOSES_WITHIN.toNanos(), CloseCode.NO_ERROR, "");
		}
		else if (this.drainCode != null && this.session.isEnded()) {
			closeNow(this.drainCode, "");
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

	/**
	 * The session has written to a stream.
	 */
	void wrote() {
		this.unheardWatch.said();
	}

	/**
	 * A stream has taken nothing for a long time of what waits for it. The peer has
	 * stopped to read, if it is not that nothing arrives there.
	 * @param words which stream, and how long
	 */
	void stalled(String words) {
		if (this.unheardWatch.isSuspicious()) {
			unheard();
		}
		else {
			closeNow(CloseCode.STALLED, words);
		}
	}

	/**
	 * The peer is heard, but hears nothing. What it is told now may well be lost, too.
	 */
	private void unheard() {
		if (this.state != ConnectionState.CLOSED) {
			finish(CloseReason.timedOut("nothing that was sent was acknowledged within the idle time-out ("
					+ this.settings.maxIdleTimeout().toMillis() + " ms), although the peer is heard"));
			QuicClose.close(this.quic, CloseCode.UNHEARD, "");
		}
	}

	private void finish(CloseReason reason) {
		this.unheardWatch.stop();
		ConnectionState last = this.state;
		this.closeReason = reason;
		this.state = last.moveTo(ConnectionState.CLOSED);
		this.countdown.stop();
		if (last == ConnectionState.READY) {
			this.role.unready();
		}
		this.session.fail(reason.status(this.id));
		this.role.ended(reason);
	}

	private void closeAfter(long nanos, CloseCode code, String reason) {
		this.countdown.start(nanos, () -> closeNow(code, reason));
	}

	/**
	 * Drains within the drain time-out. Any thread.
	 */
	void drain() {
		Duration limit = this.settings.drainTimeout();
		if (eventLoop().inEventLoop()) {
			drainNow(limit);
		}
		else if (this.state != ConnectionState.CLOSED) {
			eventLoop().execute(() -> drainNow(limit));
		}
	}

	/**
	 * Drains, if that has not begun.
	 * @param limit how long calls in flight may take
	 */
	void drainNow(Duration limit) {
		assert eventLoop().inEventLoop();
		if (this.state == ConnectionState.READY) {
			this.role.leave();
			limitDrain(limit);
			beginDrain(CloseCode.NO_ERROR);
			this.session.drain();
			closeIfEnded();
		}
		else if (this.state == ConnectionState.HANDSHAKE) {
			closeNow(CloseCode.NO_ERROR, "");
		}
	}

	/**
	 * Closes QUIC. Any thread.
	 * @param code what the peer is told
	 * @param reason what the peer is told beside
	 */
	void close(CloseCode code, String reason) {
		if (eventLoop().inEventLoop()) {
			closeNow(code, reason);
		}
		else if (this.state != ConnectionState.CLOSED) {
			eventLoop().execute(() -> closeNow(code, reason));
		}
	}

}
