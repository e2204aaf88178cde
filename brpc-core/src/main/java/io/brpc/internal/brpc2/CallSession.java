package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

import io.brpc.CloseCode;
import io.brpc.ConnectionId;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.Settings;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.brpc.internal.brpc2.frame.WireException;
import io.brpc.internal.quic.ReadBatch;
import io.grpc.Channel;
import io.grpc.Status;
import io.netty.channel.ChannelInboundHandlerAdapter;
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

	private final SessionOwner owner;

	private final Turn turn;

	private final SendBudget budget;

	private final StreamOpener opener;

	private final OutboundCalls outbound;

	private final InboundCalls inbound;

	private final Pings pings;

	private final Channel channel = new SessionChannel(this);

	private final List<QuicStreamChannel> held = new ArrayList<>();

	private volatile @Nullable Settings peer;

	private volatile boolean failed;

	private boolean broken;

	private @Nullable StreamOutput control;

	private boolean peerControlOpened;

	private int peerLanes;

	private boolean goAwaySent;

	private boolean goAwayReceived;

	private boolean doneSent;

	private boolean doneReceived;

	private boolean drained;

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
		this.owner = owner;
		this.turn = new Turn(quic.eventLoop(), ReadBatch.of(quic));
		this.budget = new SendBudget(settings.maxQueuedBytes());
		this.opener = new StreamOpener(this, quic);
		this.outbound = new OutboundCalls(this);
		this.inbound = new InboundCalls(this);
		this.pings = new Pings(this, quic.eventLoop());
	}

	SessionSettings settings() {
		return this.settings;
	}

	CallService service() {
		return this.service;
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
	 * Tells whether nothing is read and served any more.
	 * @return whether the session has failed, or the peer has broken a rule
	 */
	boolean isOver() {
		return this.failed || this.broken;
	}

	/**
	 * Opens the control stream and sends SETTINGS.
	 * @param id the connection's ID at the server, null at the client
	 */
	public void start(@Nullable ConnectionId id) {
		this.opener.open(QuicStreamType.UNIDIRECTIONAL, new StreamOpener.Opening() {
			@Override
			public boolean isWanted() {
				return true;
			}

			@Override
			public void opened(QuicStreamChannel stream) {
				sendSettings(stream, id);
			}
		});
		this.pings.start();
	}

	private void sendSettings(QuicStreamChannel stream, @Nullable ConnectionId id) {
		StreamOutput control = new StreamOutput(this, stream, true, (count) -> {
		});
		this.control = control;
		control.buffer().writeByte(StreamKind.CONTROL);
		new Settings(id, this.settings.maxCalls(), this.settings.maxLanes(), this.settings.maxLaneFrame(),
				this.settings.maxMessage(), this.settings.maxMetadata(), this.settings.maxMethods(),
				Encodings.readable())
			.write(control.buffer());
		if (this.goAwaySent) {
			SmallFrames.writeEmpty(control.buffer(), FrameType.GOAWAY);
		}
	}

	/**
	 * Takes a stream that the peer opened. May be called before {@link #start}: what the
	 * peer calls is served only afterwards.
	 * @param stream registered, without automatic read, unread
	 */
	public void streamOpened(QuicStreamChannel stream) {
		if (stream.type() == QuicStreamType.BIDIRECTIONAL && this.peer == null) {
			stream.pipeline().addLast(new ChannelInboundHandlerAdapter());
			this.held.add(stream);
		}
		else {
			read(stream);
		}
	}

	private void read(QuicStreamChannel stream) {
		stream.pipeline().addLast(new StreamInput(this, new OpenedHalf(this, stream)));
		stream.read();
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
		List<QuicStreamChannel> held = List.copyOf(this.held);
		this.held.clear();
		held.forEach(this::read);
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
		if (this.goAwayReceived) {
			return NotRun.mark(Status.UNAVAILABLE.withDescription("the peer takes no more calls on this connection"));
		}
		if (this.doneReceived) {
			return NotRun.mark(Status.UNAVAILABLE.withDescription("the connection is drained"));
		}
		return null;
	}

	/**
	 * Takes no new calls and tells the peer so (GOAWAY). Calls in flight in both
	 * directions finish, and handlers may still call the peer while they do; then the
	 * owner is told that the session is {@link SessionOwner#drained}. The owner bounds
	 * the time. Idempotent.
	 */
	public void drain() {
		if (this.goAwaySent || isOver()) {
			return;
		}
		this.goAwaySent = true;
		if (this.control != null) {
			SmallFrames.writeEmpty(this.control.buffer(), FrameType.GOAWAY);
		}
	}

	void goAwayArrived() {
		if (this.goAwayReceived) {
			throw new WireException("comes twice");
		}
		this.goAwayReceived = true;
		this.owner.toldToGo();
		Status refusal = refusal();
		if (refusal != null) {
			this.outbound.refuseWaiting(refusal);
		}
		outboundCallsEnded();
	}

	void doneArrived() {
		if (!this.goAwaySent || this.doneReceived) {
			throw new WireException(this.goAwaySent ? "comes twice" : "answers no GOAWAY");
		}
		if (this.inbound.count() > 0) {
			throw new WireException(this.inbound.count() + " calls have not been answered");
		}
		this.doneReceived = true;
		outboundCallsEnded();
	}

	boolean isDoneReceived() {
		return this.doneReceived;
	}

	/**
	 * No call of this end is in flight: to be called when that may matter.
	 */
	void outboundCallsEnded() {
		if (isOver() || !this.outbound.isEmpty()) {
			return;
		}
		if (this.goAwayReceived && !this.doneSent && this.control != null) {
			this.doneSent = true;
			SmallFrames.writeEmpty(this.control.buffer(), FrameType.DONE);
		}
		if (this.doneReceived && !this.drained) {
			this.drained = true;
			this.owner.drained();
		}
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
		if (this.control != null) {
			this.control.close();
		}
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

	void sendCancel(long number) {
		if (this.control != null) {
			SmallFrames.writeCancel(this.control.buffer(), number);
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

	void sendPing(long payload) {
		if (this.control != null) {
			SmallFrames.writePing(this.control.buffer(), FrameType.PING, payload);
		}
	}

	void pingArrived(long payload) {
		StreamOutput control = this.control;
		if (control == null) {
			return;
		}
		if (!this.budget.add(Long.BYTES)) {
			broken(CloseCode.STALLED, "the peer does not read the answers to its pings");
			return;
		}
		control.charge(Long.BYTES);
		SmallFrames.writePing(control.buffer(), FrameType.PONG, payload);
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
