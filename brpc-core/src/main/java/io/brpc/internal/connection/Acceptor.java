package io.brpc.internal.connection;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.brpc.CallLimits;
import io.brpc.CloseReason;
import io.brpc.ConnectionAuthenticator;
import io.brpc.ConnectionRegistry;
import io.brpc.TransportSettings;
import io.brpc.Wire;
import io.brpc.internal.h2.StreamServer;
import io.brpc.internal.quic.Alpn;
import io.brpc.internal.quic.ConnectionAcceptor;
import io.brpc.internal.quic.ConnectionEvents;
import io.brpc.internal.quic.StreamCredit;
import io.grpc.Context;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one server, from the first packet with a valid token to the end.
 * <p>
 * Event-loop confined, on the listener's loop, but for {@link #registry()}.
 */
public final class Acceptor implements ConnectionAcceptor {

	private static final Logger logger = LoggerFactory.getLogger(Acceptor.class);

	private final Context.Key<Connection> current = Context.key("brpc-connection");

	private final Set<AcceptedConnection> connections = new HashSet<>();

	private final CompletableFuture<Void> drained = new CompletableFuture<>();

	private final TransportSettings settings;

	private final StreamServer streams;

	private final CallbackSettings callbackSettings;

	private final Notices notices;

	private final LiveConnections registry;

	private final Admission admission;

	private final @Nullable ConnectionAuthenticator authenticator;

	private final SoleConnections<AcceptedConnection> soleConnections;

	private final CallLimits limits;

	private @Nullable FrameService frames;

	private @Nullable ConnectionAge maxAge;

	private boolean draining;

	/**
	 * Makes an acceptor without connections.
	 * @param settings how connections behave
	 * @param streams serves the forward streams
	 * @param callbackSettings how callbacks are made, and where listeners are told
	 * @param admission which clients may connect
	 * @param limits bound the calls of each client
	 */
	public Acceptor(TransportSettings settings, StreamServer streams, CallbackSettings callbackSettings,
			AdmissionSettings admission, CallLimits limits) {
		this.settings = settings;
		this.streams = streams;
		this.callbackSettings = callbackSettings;
		this.notices = new Notices(callbackSettings.executor());
		this.admission = new Admission(admission.limits());
		this.authenticator = admission.authenticator();
		this.soleConnections = new SoleConnections<>(admission.duplicates());
		this.limits = limits;
		this.registry = new LiveConnections(this.notices, this.current, callbackSettings.executor());
	}

	/**
	 * Makes calls know their connection. To be called last, because a builder's
	 * interceptors run in the reverse of the order in which they are added.
	 * @param services the gRPC server's builder
	 * @param executor runs the application's code
	 */
	public void identify(ServiceRecorder services, CallExecutor executor) {
		CallerInterceptor caller = new CallerInterceptor(this.current, this.limits.maxDepth());
		services.addTransportFilter(TransportAttributes.serving());
		this.maxAge = services.maxAge(this.settings.drainTimeout());
		if (this.settings.wires().contains(Wire.BRPC_2)) {
			// A session does for its calls what the interceptors below do for gRPC's.
			this.frames = FrameService.accepting(this.settings.withIdle(this.settings.maxIdleTimeout(), Duration.ZERO),
					this.limits, services, caller, executor);
		}
		services.intercept(new NoClientInterceptor()).intercept(caller);
	}

	/**
	 * Returns how many streams a client may open.
	 * @return the credit
	 */
	public StreamCredit streamCredit() {
		return (this.frames != null) ? this.frames.settings().streamCredit() : AcceptedHttp2Session.STREAM_CREDIT;
	}

	/**
	 * Returns the connections that are ready.
	 * @return the registry
	 */
	public ConnectionRegistry registry() {
		return this.registry;
	}

	@Override
	public boolean hasRoom() {
		return this.admission.hasRoom();
	}

	@Override
	public boolean verifiesAddress() {
		return this.admission.verifiesAddress();
	}

	@Override
	public ConnectionEvents accept(QuicChannel channel) {
		InetSocketAddress peer = (InetSocketAddress) Objects.requireNonNull(channel.remoteSocketAddress(), "peer");
		AcceptedConnection connection = new AcceptedConnection(this, channel, peer,
				this.admission.begin(peer.getAddress()));
		this.connections.add(connection);
		connection.start();
		return connection;
	}

	/**
	 * Refuses connections from now on, and drains those that are there. The gRPC server
	 * is shut down beside, which is what tells the clients.
	 * @return completes when the last connection is gone and its listeners have been told
	 */
	public CompletableFuture<Void> drain() {
		this.draining = true;
		this.registry.close();
		List.copyOf(this.connections).forEach(AcceptedConnection::drain);
		completeIfDrained();
		return this.drained;
	}

	/**
	 * Closes all connections at once.
	 */
	public void closeAll() {
		List.copyOf(this.connections).forEach(AcceptedConnection::close);
	}

	boolean isDraining() {
		return this.draining;
	}

	TransportSettings settings() {
		return this.settings;
	}

	/**
	 * Returns how long connections may live.
	 * @return the limit, or null for as long as they like
	 */
	@Nullable ConnectionAge maxAge() {
		return this.maxAge;
	}

	@Nullable ConnectionAuthenticator authenticator() {
		return this.authenticator;
	}

	SoleConnections<AcceptedConnection> soleConnections() {
		return this.soleConnections;
	}

	CallbackSettings callbackSettings() {
		return this.callbackSettings;
	}

	/**
	 * Makes what a new connection's calls travel by.
	 * @param quic the connection, whose handshake is complete
	 * @param callbacks gets the session's channel
	 * @return a session that has not begun
	 */
	Session newSession(QuicChannel quic, CallbackChannel callbacks) {
		FrameService frames = this.frames;
		if (frames != null && Alpn.agreed(quic) == Wire.BRPC_2) {
			return new AcceptedFrameSession(quic, frames, callbacks, this.callbackSettings);
		}
		return new AcceptedHttp2Session(quic, this.streams, callbacks, this.callbackSettings);
	}

	CompletableFuture<Void> ready(Connection connection, CompletableFuture<Void> told) {
		this.registry.add(connection);
		return this.notices.tell(told, (listener) -> listener.connected(connection));
	}

	void unready(Connection connection) {
		this.registry.remove(connection);
	}

	CompletableFuture<Void> closed(Connection connection, CloseReason reason, CompletableFuture<Void> told) {
		return this.notices.tell(told, (listener) -> listener.disconnected(connection, reason));
	}

	/**
	 * QUIC is done with a connection.
	 * @param connection the connection
	 * @param told completes when its listeners have been told of everything
	 * @param loop the connection's loop
	 */
	void gone(AcceptedConnection connection, CompletableFuture<Void> told, EventLoop loop) {
		told.whenComplete((nothing, failure) -> loop.execute(() -> {
			this.connections.remove(connection);
			completeIfDrained();
		}));
	}

	/**
	 * Leaves a line for whoever wonders why a client can't connect, and tells the
	 * listeners.
	 * @param peer the client's address
	 * @param reason why it did not become ready
	 * @param cause what went wrong here, if that is why
	 * @param told completes when its listeners have been told of what was before
	 * @return completes when its listeners have been told
	 */
	CompletableFuture<Void> refused(InetSocketAddress peer, CloseReason reason, @Nullable Throwable cause,
			CompletableFuture<Void> told) {
		if (cause != null) {
			logger.warn("connection from {} was not set up: {}", peer, reason.description(), cause);
		}
		else {
			logger.info("connection from {} was not set up: {}", peer, reason.description());
		}
		return this.notices.tell(told, (listener) -> listener.failed(peer, reason));
	}

	/**
	 * Handshakes that are under way are not waited for. Some never end: a late datagram
	 * of a client that was refused just now looks like a new client's first.
	 */
	private void completeIfDrained() {
		if (this.draining && this.connections.stream().noneMatch(AcceptedConnection::isEstablished)) {
			this.drained.complete(null);
		}
	}

}
