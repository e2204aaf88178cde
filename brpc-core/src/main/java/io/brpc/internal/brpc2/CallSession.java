package io.brpc.internal.brpc2;

import java.util.function.LongConsumer;

import io.brpc.ConnectionId;
import io.grpc.Channel;
import io.grpc.Status;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * Calls in both directions on one QUIC connection, by {@code brpc/2}.
 * <p>
 * Event-loop confined, but for {@link #channel()} and the three figures.
 */
public final class CallSession {

	/**
	 * Makes a session that has yet to be started.
	 * @param quic the connection, whose handshake is complete
	 * @param side which end this is
	 * @param settings what this end allows
	 * @param service what this end serves
	 * @param owner told what becomes of the session
	 */
	public CallSession(QuicChannel quic, Side side, SessionSettings settings, CallService service, SessionOwner owner) {
		throw new UnsupportedOperationException("to come");
	}

	/**
	 * Opens the control stream and sends SETTINGS.
	 * @param id the connection's ID at the server, null at the client
	 */
	public void start(@Nullable ConnectionId id) {
		throw new UnsupportedOperationException("to come");
	}

	/**
	 * Takes a stream that the peer opened. May be called before {@link #start}: what the
	 * peer calls is served only afterwards.
	 * @param stream registered, without automatic read, unread
	 */
	public void streamOpened(QuicStreamChannel stream) {
		throw new UnsupportedOperationException("to come");
	}

	/**
	 * Returns the way to the peer. Calls that are made before the peer's SETTINGS have
	 * arrived wait for them; calls on a session that is over end at once, with the
	 * owner's {@link SessionOwner#lossStatus}, calls after a drain with
	 * {@code UNAVAILABLE}, marked as {@link NotRun}. Any thread.
	 * @return always the same
	 */
	public Channel channel() {
		throw new UnsupportedOperationException("to come");
	}

	/**
	 * Takes no new calls and tells the peer so (GOAWAY). Calls in flight in both
	 * directions finish, and handlers may still call the peer while they do; then the
	 * owner is told that the session is {@link SessionOwner#drained}. The owner bounds
	 * the time. Idempotent.
	 */
	public void drain() {
		throw new UnsupportedOperationException("to come");
	}

	/**
	 * Ends all calls of both directions at once, and sends nothing more. To be called
	 * when QUIC is closed, from whichever end. Idempotent.
	 * @param status what calls to the peer end with; calls that are served are cancelled
	 */
	public void fail(Status status) {
		throw new UnsupportedOperationException("to come");
	}

	/**
	 * Asks for a sign of life.
	 * @param answered told the round-trip time, nanoseconds, on the event loop; never, if
	 * the connection is lost before
	 */
	public void ping(LongConsumer answered) {
		throw new UnsupportedOperationException("to come");
	}

	/**
	 * Returns how many calls of the peer are in flight. Any thread.
	 * @return the number
	 */
	public int inboundCalls() {
		throw new UnsupportedOperationException("to come");
	}

	/**
	 * Returns how many calls to the peer are in flight. Any thread.
	 * @return the number
	 */
	public int outboundCalls() {
		throw new UnsupportedOperationException("to come");
	}

	/**
	 * Returns how much waits to be sent. Any thread.
	 * @return bytes
	 */
	public long queuedBytes() {
		throw new UnsupportedOperationException("to come");
	}

}
