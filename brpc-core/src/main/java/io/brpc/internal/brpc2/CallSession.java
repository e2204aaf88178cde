package io.brpc.internal.brpc2;

import java.util.Objects;
import java.util.function.LongConsumer;

import io.brpc.CloseCode;
import io.brpc.ConnectionId;
import io.brpc.internal.brpc2.frame.Settings;
import io.brpc.internal.brpc2.frame.WireException;
import io.brpc.internal.quic.ReadBatch;
import io.grpc.Channel;
import io.grpc.Status;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import org.jspecify.annotations.Nullable;

/**
 * Calls in both directions on one QUIC connection, by {@code brpc/2}.
 * <p>
 * Event-loop confined, but for {@link #channel()} and the three figures.
 */
public final class CallSession {

	private final Side side;

	private final SessionSettings settings;

	private final CallService service;

	private final Encodings encodings;

	private final SessionOwner owner;

	private final Turn turn;

	private final SendBudget budget;

	private final UntakenBytes untaken;

	private final StreamOpener opener;

	private final OutboundCalls outbound;

	private final InboundCalls inbound;

	private final Pings pings;

	private final Channel channel = new SessionChannel(this);

	private final OpenedStreams openedStreams = new OpenedStreams(this);

	private final Drain drain;

	private ControlOutput control = new ControlOutput(this, null);

	private volatile @Nullable Settings peer;

	private volatile boolean failed;

	private boolean broken;

	private boolean peerControlOpened;

	private int peerLanes;

	/**
	 * Makes a session that has yet to be started.
	 * @param quic the connection, whose handshake is complete
	 * @param side which end this is
	 * @param settings what this end allows
	 * @param service what this end serves
	 * @param owner told what becomes of the session
	 */
	public CallSession(QuicChannel quic, Side side, SessionSettings settings, CallService service, SessionOwner owner) {
		this.side = side;
		this.settings = settings;
		this.service = service;
		this.encodings = service.encodings();
		this.owner = owner;
		this.turn = new Turn(quic.eventLoop(), ReadBatch.of(quic));
		this.budget = new SendBudget(owner::peerName, settings.maxQueuedBytes());
		this.untaken = new UntakenBytes(settings.maxUntakenBytes());
		this.opener = new StreamOpener(this, quic);
		this.outbound = new OutboundCalls(this);
		this.inbound = new InboundCalls(this);
		this.pings = new Pings(quic.eventLoop(), settings.keepAliveInterval(),
				(payload) -> control().sendPing(payload));
		this.drain = new Drain(this, side);
	}

	SessionSettings settings() {
		return this.settings;
	}

	CallService service() {
		return this.service;
	}

	Encodings encodings() {
		return this.encodings;
	}

	/**
	 * Returns the largest request that is taken.
	 * @return bytes, decompressed
	 */
	int maxRequest() {
		return this.service.maxRequest(this.settings.maxMessage());
	}

	/**
	 * Returns the largest message of an answer that is taken.
	 * @return bytes, decompressed
	 */
	int maxAnswer() {
		return this.service.maxAnswer(this.settings.maxMessage());
	}

	SessionOwner owner() {
		return this.owner;
	}

	Turn turn() {
		return this.turn;
	}

	SendBudget budget() {
		return this.budget;
	}

	UntakenBytes untaken() {
		return this.untaken;
	}

	StreamOpener opener() {
		return this.opener;
	}

	OutboundCalls outbound() {
		return this.outbound;
	}

	InboundCalls inbound() {
		return this.inbound;
	}

	/**
	 * Returns what the peer allows. May be asked by any thread.
	 * @return null as long as it has not said
	 */
	@Nullable Settings peer() {
		return this.peer;
	}

	/**
	 * Returns what the peer allows, once it has said.
	 * @return the peer's settings
	 */
	Settings peerSettings() {
		return Objects.requireNonNull(this.peer, "the peer's settings");
	}

	/**
	 * Tells whether nothing is read and served any more.
	 * @return whether the session has failed, or the peer has broken a rule
	 */
	boolean isOver() {
		return this.failed || this.broken;
	}

	/**
	 * Begins: opens the control stream, sends SETTINGS, and reads what the peer sends.
	 * @param id the connection's ID at the server, null at the client
	 */
	public void start(@Nullable ConnectionId id) {
		this.control = new ControlOutput(this, id);
		this.opener.open(QuicStreamType.UNIDIRECTIONAL, this.control);
		this.pings.start();
		this.openedStreams.begin();
	}

	/**
	 * Takes a stream that the peer opened. May be called before {@link #start}: nothing
	 * of the peer counts until then.
	 * @param stream registered, without automatic read, unread
	 */
	public void streamOpened(QuicStreamChannel stream) {
		this.openedStreams.add(stream);
	}

	StreamHalf controlOpened(QuicStreamChannel stream) {
		if (this.peerControlOpened) {
			throw new WireException(CloseCode.UNEXPECTED_STREAM,
					"stream " + stream.streamId() + " is a second control stream");
		}
		this.peerControlOpened = true;
		return new ControlHalf(this, stream);
	}

	StreamHalf laneOpened(QuicStreamChannel stream, Settings peer) {
		if (++this.peerLanes > this.settings.maxLanes()) {
			throw new WireException(CloseCode.UNEXPECTED_STREAM, "stream " + stream.streamId() + " is lane "
					+ this.peerLanes + ", limit is " + this.settings.maxLanes());
		}
		return new CalleeLane(this, stream, peer);
	}

	void settled(Settings peer) {
		if ((this.side == Side.CLIENT) != (peer.id() != null)) {
			throw new WireException(
					(peer.id() != null) ? "connection-id comes from the client" : "connection-id is missing");
		}
		this.peer = peer;
		this.owner.ready(peer.id());
		this.outbound.pump();
		this.openedStreams.readOn();
	}

	/**
	 * Returns the way to the peer. Calls that are made before the peer's SETTINGS have
	 * arrived wait for them; calls on a session that is over end at once, with the
	 * owner's {@link SessionOwner#lossStatus}, calls after a drain with
	 * {@code UNAVAILABLE}, marked as {@link NotRun}. Any thread.
	 * @return always the same
	 */
	public Channel channel() {
		return this.channel;
	}

	/**
	 * Returns why no more calls are made.
	 * @return the status that they end with, or null if they are made
	 */
	@Nullable Status refusal() {
		if (isOver()) {
			return this.owner.lossStatus();
		}
		return this.drain.refusal();
	}

	/**
	 * Has the session end in order, and tells the peer so (GOAWAY): the client makes no
	 * more calls. Calls in flight in both directions finish, and while the client's do,
	 * the server may still call. Then the owner is told that the session is
	 * {@link SessionOwner#drained}. The owner bounds the time. Idempotent.
	 */
	public void drain() {
		if (!isOver()) {
			this.drain.begin();
		}
	}

	Drain drainState() {
		return this.drain;
	}

	ControlOutput control() {
		return this.control;
	}

	/**
	 * Ends all calls of both directions at once, and sends nothing more. To be called
	 * when QUIC is closed, from whichever end. Idempotent.
	 * @param status what calls to the peer end with; calls that are served are cancelled
	 */
	public void fail(Status status) {
		if (this.failed) {
			return;
		}
		this.failed = true;
		this.pings.stop();
		this.outbound.fail(status);
		this.inbound.fail();
		this.control.close();
	}

	/**
	 * The peer has broken a rule, or a stream is lost. Only the first one counts.
	 * @param code what the peer is told
	 * @param words what happened
	 */
	void broken(CloseCode code, String words) {
		if (!isOver()) {
			this.broken = true;
			this.owner.broken(code, words);
		}
	}

	/**
	 * Asks for a sign of life.
	 * @param answered told the round-trip time, nanoseconds, on the event loop; never, if
	 * the connection is lost before
	 */
	public void ping(LongConsumer answered) {
		if (!isOver()) {
			this.pings.ping(answered);
		}
	}

	void pongArrived(long payload) {
		this.pings.answered(payload);
	}

	void heard() {
		this.pings.heard();
	}

	/**
	 * Returns how many calls of the peer are in flight. Any thread.
	 * @return the number
	 */
	public int inboundCalls() {
		return this.inbound.count();
	}

	/**
	 * Returns how many calls to the peer are in flight. Any thread.
	 * @return the number
	 */
	public int outboundCalls() {
		return this.outbound.count();
	}

	/**
	 * Returns how much waits to be sent. Any thread.
	 * @return bytes
	 */
	public long queuedBytes() {
		return this.budget.bytes();
	}

}
