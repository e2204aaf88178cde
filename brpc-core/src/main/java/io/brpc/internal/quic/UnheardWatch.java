package io.brpc.internal.quic;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.brpc.TransportSettings;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that nothing of what this end sends reaches the peer, although the peer's
 * packets reach this end: a path that is dead in one direction. QUIC's own idle time-out
 * does not, for it starts again with every packet that arrives (RFC 9000, section 10.1).
 * <p>
 * Every acknowledgement changes the smoothed round-trip time, which is kept in
 * nanoseconds (RFC 9002, section 5.3). So if that stays the same although data were sent,
 * for the first time or again, there was none.
 * <p>
 * Long before it gives up, it tries whether smaller datagrams are heard, and a
 * {@link BlackHoleWatch} looks at the same figures as it does.
 * <p>
 * Event-loop confined.
 */
public final class UnheardWatch {

	private static final Logger logger = LoggerFactory.getLogger(UnheardWatch.class);

	/**
	 * How often it looks in the time that it allows: it is late by a twentieth of it at
	 * most.
	 */
	private static final int CHECKS = 20;

	/**
	 * On a slow path, this many round-trip times are allowed at least, as QUIC's idle
	 * time-out allows three probe time-outs.
	 */
	private static final int ROUND_TRIPS = 6;

	/**
	 * After which part of the time that it allows it tries smaller datagrams.
	 */
	private static final int SMALLER_AFTER = 10;

	private final EventLoop loop;

	private final Duration patience;

	private final Source source;

	private final BlackHoleWatch blackHoleWatch;

	private final Runnable onUnheard;

	private @Nullable Future<?> check;

	private boolean stopped;

	private long heardNanos;

	private long lastRttNanos;

	private long lastRetransmissions;

	private boolean said;

	private boolean waiting;

	/**
	 * Makes a watch of a connection.
	 * @param quic the connection
	 * @param patience how long it may take until something is acknowledged
	 * @param onUnheard told, at most once, that it took longer
	 */
	public UnheardWatch(QuicChannel quic, Duration patience, Runnable onUnheard) {
		this(quic.eventLoop(), patience, (figures) -> QuicStats.activePath(quic, (path) -> {
			if (path != null) {
				figures.accept(PathFigures.of(path));
			}
		}), () -> limitDatagrams(quic), onUnheard);
	}

	UnheardWatch(EventLoop loop, Duration patience, Source source, Runnable onBlackHole, Runnable onUnheard) {
		this.loop = loop;
		this.patience = patience;
		this.source = source;
		this.blackHoleWatch = new BlackHoleWatch(onBlackHole);
		this.onUnheard = onUnheard;
	}

	private static void limitDatagrams(QuicChannel quic) {
		logger.debug("datagrams to {} seem to get lost by their size; from now on they have {} bytes at most",
				quic.remoteSocketAddress(), TransportSettings.MIN_DATAGRAM_SIZE);
		DatagramLimit.apply(quic);
	}

	/**
	 * Begins. The peer has just been heard to have heard something.
	 */
	public void start() {
		assert this.loop.inEventLoop() && this.check == null;
		this.heardNanos = now();
		long periodNanos = this.patience.toNanos() / CHECKS;
		this.check = this.loop.scheduleWithFixedDelay(() -> this.source.read(this::look), periodNanos, periodNanos,
				TimeUnit.NANOSECONDS);
	}

	/**
	 * Ends. Idempotent.
	 */
	public void stop() {
		this.stopped = true;
		if (this.check != null) {
			this.check.cancel(false);
		}
	}

	/**
	 * Something has been sent that the peer has to acknowledge.
	 */
	public void said() {
		this.said = true;
	}

	/**
	 * Tells whether nothing has been acknowledged for half of the time that is allowed.
	 * @return whether the peer is probably deaf
	 */
	public boolean isSuspicious() {
		return this.waiting && now() - this.heardNanos >= this.patience.toNanos() / 2;
	}

	private void look(PathFigures path) {
		if (this.stopped) {
			return;
		}
		long now = now();
		if (path.rttNanos() != this.lastRttNanos) {
			// What was said since the last look may be acknowledged or not: if not, it
			// will be repeated.
			this.lastRttNanos = path.rttNanos();
			this.heardNanos = now;
			this.waiting = false;
		}
		else if (this.said || path.retransmissions() != this.lastRetransmissions) {
			this.waiting = true;
		}
		else if (!this.waiting) {
			this.heardNanos = now;
		}
		this.said = false;
		this.lastRetransmissions = path.retransmissions();
		this.blackHoleWatch.look(path, isUnheardFor(this.patience.dividedBy(SMALLER_AFTER), path, now),
				this.patience.toNanos() / CHECKS);
		if (isUnheardFor(this.patience, path, now)) {
			stop();
			this.onUnheard.run();
		}
	}

	private boolean isUnheardFor(Duration time, PathFigures path, long now) {
		return this.waiting && now - this.heardNanos >= Math.max(time.toNanos(), ROUND_TRIPS * path.rttNanos());
	}

	private long now() {
		return this.loop.ticker().nanoTime();
	}

	/**
	 * Where the figures come from.
	 */
	@FunctionalInterface
	interface Source {

		/**
		 * Reads them.
		 * @param figures told of those of the active path, on the event loop; not told if
		 * there are none
		 */
		void read(Consumer<PathFigures> figures);

	}

}
