package io.brpc.internal.connection;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.brpc.BrpcConnection;
import io.brpc.CallLimits;
import io.brpc.CloseCode;
import io.brpc.CloseReason;
import io.brpc.ConnectionListener;
import io.brpc.Wire;
import io.brpc.internal.h2.StreamChannel;
import io.brpc.internal.h2.StreamServer;
import io.brpc.internal.quic.Alpn;
import io.brpc.internal.quic.StreamCredit;
import io.grpc.ChannelCredentials;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one client: at most one that calls go to, and others that come or
 * drain. gRPC asks for a new one when it needs it.
 * <p>
 * Event-loop confined, but for {@link #current()} and the listeners.
 */
public final class Dialer implements StreamChannel.Connector {

	private static final Logger logger = LoggerFactory.getLogger(Dialer.class);

	private final Context.Key<Connection> callContext = Context.key("brpc-connection");

	private final Set<Dial> dials = new HashSet<>();

	private final CompletableFuture<Void> forwardDrained = new CompletableFuture<>();

	private final CompletableFuture<Void> drained = new CompletableFuture<>();

	private final DialSettings settings;

	private final StreamServer reverseStreams;

	private final CallLimits limits;

	private final CallExecutor executor;

	private @Nullable FrameService frames;

	private volatile @Nullable EventLoop loop;

	private final Notices notices;

	private final ReplacedHold hold;

	private volatile @Nullable ManagedChannel channel;

	private volatile @Nullable Connection current;

	private boolean draining;

	private volatile DialHistory history = DialHistory.NONE;

	private final Detour detour = new Detour();

	private String lastFailure = "";

	/**
	 * Makes a dialer without connections.
	 * @param settings how to dial
	 * @param reverseStreams serves the reverse streams
	 * @param limits bound the calls of the server
	 * @param executor runs the application's code
	 */
	public Dialer(DialSettings settings, StreamServer reverseStreams, CallLimits limits, CallExecutor executor) {
		this.limits = limits;
		this.executor = executor;
		this.settings = settings;
		this.reverseStreams = reverseStreams;
		this.notices = new Notices(executor.executor());
		this.hold = new ReplacedHold(settings.firstHold(), settings.longestHold(), System::nanoTime);
	}

	/**
	 * Makes calls from the server know their connection. To be called last, because a
	 * builder's interceptors run in the reverse of the order in which they are added.
	 * @param services the builder of the reverse gRPC server
	 * @param channel what the builder of the forward gRPC channel was told
	 * @throws IllegalStateException if calls of a wire that is offered can't do as told
	 */
	public void identify(ServiceRecorder services, ChannelRecorder channel) {
		CallerInterceptor caller = new CallerInterceptor(this.callContext, this.limits.maxDepth());
		services.addTransportFilter(TransportAttributes.serving());
		if (speaksFrames()) {
			// A session does for its calls what the interceptor below does for gRPC's.
			this.frames = FrameService.dialing(this.settings.transportSettings(), this.limits, services, channel,
					caller, this.executor);
		}
		services.intercept(caller);
	}

	private boolean speaksFrames() {
		return this.settings.transportSettings().wires().contains(Wire.BRPC_2);
	}

	/**
	 * Makes calls to the server carry the ID of their connection, and say what led to
	 * them. To be called first, so that no interceptor of the application comes between
	 * it and the transport.
	 * @param builder the builder of the forward gRPC channel
	 */
	public void identify(ChannelRecorder builder) {
		builder.addTransportFilter(TransportAttributes.calling())
			.intercept(new ConnectionIdHeader())
			.intercept(new CallChainHeader());
		if (speaksFrames()) {
			builder.intercept(new ForwardCalls(
					new DialerRoutes(this, () -> builder.executorOr(this.executor.boundlessAnswers()))));
		}
	}

	/**
	 * Sets the forward gRPC channel, which asks for connections. Its authority says which
	 * name the server's certificate has to have.
	 * @param channel the channel
	 */
	public void dialFor(ManagedChannel channel) {
		this.channel = channel;
	}

	/**
	 * Returns the connection that calls go to now.
	 * @return the connection, empty while there is none that is ready
	 */
	public Optional<BrpcConnection> current() {
		return Optional.ofNullable(this.current);
	}

	@Nullable Connection currentConnection() {
		return this.current;
	}

	/**
	 * Returns where the connections live. May be asked by any thread, when there has been
	 * an attempt to connect.
	 * @return the loop
	 */
	EventLoop loop() {
		return Objects.requireNonNull(this.loop, "no attempt to connect yet");
	}

	/**
	 * Returns how many streams a server may open.
	 * @return the credit
	 */
	StreamCredit streamCredit() {
		return (this.frames != null) ? this.frames.settings().streamCredit() : DialedHttp2Session.STREAM_CREDIT;
	}

	/**
	 * Returns the connection of the server's call that is being handled.
	 * @return the connection, empty outside such a call
	 */
	public Optional<BrpcConnection> ofCall() {
		return Optional.ofNullable(this.callContext.get());
	}

	/**
	 * Returns what became of the attempts to connect.
	 * @return a snapshot
	 */
	public DialHistory history() {
		return this.history;
	}

	/**
	 * Returns what to know on the way from one connection to the next.
	 * @return always the same
	 */
	public Detour detour() {
		return this.detour;
	}

	/**
	 * Replaces the client's credentials, for attempts that begin from now on. May be
	 * called by any thread.
	 * @param credentials see {@link io.brpc.internal.quic.QuicTls#forClient}
	 * @throws IllegalArgumentException if they can't be used; those before stay
	 */
	public void updateCredentials(ChannelCredentials credentials) {
		this.settings.tls().replace(credentials);
	}

	/**
	 * Adds a listener.
	 * @param listener the listener
	 */
	public void addListener(ConnectionListener listener) {
		this.notices.add(listener);
	}

	@Override
	public void connect(StreamChannel forward, SocketAddress server) {
		ManagedChannel channel = this.channel;
		if (channel == null) {
			throw new IllegalStateException("the dialer has no channel yet");
		}
		this.loop = forward.eventLoop();
		Dial dial = new Dial(this, this.settings, forward, (InetSocketAddress) server, channel);
		this.dials.add(dial);
		this.history = this.history.withAttempt();
		dial.start();
	}

	/**
	 * Lets connections close as soon as they have drained. The gRPC channel is shut down
	 * beside, which is what drains them.
	 * @return completes when the last one is gone and its listeners have been told
	 */
	public CompletableFuture<Void> drain() {
		this.draining = true;
		for (Dial dial : List.copyOf(this.dials)) {
			dial.shutdown(CloseCode.NO_ERROR);
		}
		completeIfDrained();
		return this.drained;
	}

	/**
	 * Tells when, in a drain, the reverse streams may be ended: before, a handler of the
	 * server that serves a call of ours may still call back.
	 * @return completes when the forward streams of all connections have ended
	 */
	public CompletableFuture<Void> forwardDrained() {
		return this.forwardDrained;
	}

	/**
	 * Closes all connections, and gives up those that are on their way, at once.
	 */
	public void closeAll() {
		for (Dial dial : List.copyOf(this.dials)) {
			dial.close(CloseCode.NO_ERROR);
		}
	}

	private String authority() {
		return Objects.requireNonNull(this.channel, "channel").authority();
	}

	/**
	 * Makes what a new connection's calls travel by.
	 * @param dial the attempt that it comes from
	 * @param quic the connection, whose handshake is complete
	 * @param forward the channel that gRPC waits for
	 * @return a session that has not begun
	 */
	Session newSession(Dial dial, QuicChannel quic, StreamChannel forward) {
		FrameService frames = this.frames;
		if (frames != null && Alpn.agreed(quic) == Wire.BRPC_2) {
			return new DialedFrameSession(dial, quic, forward, frames, authority());
		}
		return new DialedHttp2Session(dial, quic, forward, this.reverseStreams);
	}

	CompletableFuture<Void> ready(Connection connection, CompletableFuture<Void> told) {
		this.lastFailure = "";
		this.history = DialHistory.NONE;
		this.detour.end();
		this.current = connection;
		if (this.draining) {
			connection.life().shutdown(CloseCode.NO_ERROR);
		}
		return this.notices.tell(told, (listener) -> listener.connected(connection));
	}

	/**
	 * Tells whether not to dial now, because another connection has this client's
	 * identity.
	 * @return whether it is too early
	 */
	boolean isHolding() {
		return this.hold.isHolding();
	}

	void unready(Connection connection) {
		if (this.current == connection) {
			this.current = null;
		}
	}

	/**
	 * The current connection is drained, and another one is to take its place.
	 */
	void leave() {
		this.detour.leave(!this.draining);
	}

	/**
	 * The same, because a server wants it.
	 * @param server its address
	 */
	void toldToGo(InetSocketAddress server) {
		leave();
		this.detour.avoid(server);
	}

	CompletableFuture<Void> closed(Connection connection, CloseReason reason, CompletableFuture<Void> told) {
		this.hold.ended(reason, true);
		if (this.current == null) {
			this.history = this.history.withError(reason.status(connection.id()));
		}
		return this.notices.tell(told, (listener) -> listener.disconnected(connection, reason));
	}

	/**
	 * Leaves a line for whoever wonders why there is no connection, one line however
	 * often the attempt is repeated, and tells the listeners.
	 * @param server the server's address
	 * @param reason why there is none
	 * @param told completes when the listeners have been told of what was before
	 * @return completes when the listeners have been told
	 */
	CompletableFuture<Void> failed(InetSocketAddress server, CloseReason reason, CompletableFuture<Void> told) {
		this.hold.ended(reason, false);
		String words = reason.description();
		if (words.equals(this.lastFailure)) {
			logger.debug("no connection to {}: {}", server, words);
		}
		else {
			logger.warn("no connection to {}: {}", server, words);
		}
		this.lastFailure = words;
		this.history = this.history.withError(Dial.failure(server, words));
		return this.notices.tell(told, (listener) -> listener.failed(server, reason));
	}

	void gone(Dial dial, CompletableFuture<Void> told, EventLoop loop) {
		told.whenComplete((nothing, failure) -> loop.execute(() -> {
			this.dials.remove(dial);
			completeIfDrained();
		}));
	}

	boolean isForwardDrained() {
		return this.forwardDrained.isDone();
	}

	/**
	 * A part of a session has ended.
	 */
	void partEnded() {
		completeIfDrained();
	}

	private void completeIfDrained() {
		if (this.draining && this.dials.stream().allMatch(Dial::isForwardEnded)) {
			this.forwardDrained.complete(null);
		}
		if (this.draining && this.dials.isEmpty()) {
			this.drained.complete(null);
		}
	}

}
