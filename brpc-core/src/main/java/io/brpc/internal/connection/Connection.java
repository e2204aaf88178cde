package io.brpc.internal.connection;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import io.brpc.BrpcConnection;
import io.brpc.ClientIdentity;
import io.brpc.CloseCode;
import io.brpc.CloseReason;
import io.brpc.ConnectionId;
import io.brpc.ConnectionStats;
import io.brpc.TransportSettings;
import io.brpc.Wire;
import io.brpc.internal.quic.Alpn;
import io.brpc.internal.quic.QuicStats;
import io.grpc.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One connection, on either side and by any wire: what applications know of it, and where
 * all that belongs to it is found. What becomes of it is {@link ConnectionLife}'s.
 * <p>
 * Safe for use by any thread, but for what says that it is event-loop confined.
 */
final class Connection implements BrpcConnection {

	private final QuicChannel quic;

	private final ConnectionId id;

	private final Wire wire;

	private final String idText;

	private final TransportSettings settings;

	private final Session session;

	private final Channel channel;

	private final Peer peer;

	private final Instant establishedAt = Instant.now();

	private final ConcurrentMap<String, Object> attributes = new ConcurrentHashMap<>();

	private final Membership membership = new Membership(this);

	private final ConnectionLife life;

	Connection(QuicChannel quic, ConnectionId id, TransportSettings settings, ConnectionRole role, Session session,
			Channel channel) {
		this.quic = quic;
		this.id = id;
		this.wire = Alpn.agreed(quic);
		this.idText = id.toString();
		this.settings = settings;
		this.session = session;
		this.channel = channel;
		this.peer = new Peer(quic, this);
		this.life = new ConnectionLife(quic, id, settings, role, session);
	}

	/**
	 * Returns the name that the peer is found by. Event-loop confined.
	 * @return the name of the principal, or null if there is none
	 */
	@Nullable String principalName() {
		return this.peer.principalName();
	}

	Session session() {
		return this.session;
	}

	TransportSettings settings() {
		return this.settings;
	}

	/**
	 * Returns what becomes of the connection.
	 * @return always the same
	 */
	ConnectionLife life() {
		return this.life;
	}

	PeerAddress peerAddress() {
		return this.peer.address();
	}

	EventLoop eventLoop() {
		return this.quic.eventLoop();
	}

	/**
	 * Takes over what the application found out about the peer, before the connection is
	 * ready. Event-loop confined.
	 * @param identity who the peer is
	 */
	void identify(ClientIdentity identity) {
		assert eventLoop().inEventLoop() && this.life.state() == ConnectionState.HANDSHAKE;
		this.peer.identify(identity.principal());
		this.attributes.putAll(identity.attributes());
		identity.groups().forEach(this::joinGroup);
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
	public Wire wire() {
		return this.wire;
	}

	@Override
	public Channel channel() {
		return this.channel;
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return this.peer.address();
	}

	@Override
	public InetSocketAddress localAddress() {
		return this.peer.localAddress();
	}

	@Override
	public SSLSession sslSession() {
		return this.peer.sslSession();
	}

	@Override
	public Optional<Principal> principal() {
		return Optional.ofNullable(this.peer.principal());
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
		return this.life.setupTime();
	}

	@Override
	public CompletionStage<ConnectionStats> stats() {
		return QuicStats.collect(this.quic, this::withLoad);
	}

	private ConnectionStats withLoad(ConnectionStats stats) {
		return stats.withLoad(this.session.queuedBytes(), this.session.inboundCalls(), this.session.outboundCalls());
	}

	@Override
	public Optional<CloseReason> closeReason() {
		return Optional.ofNullable(this.life.closeReason());
	}

	@Override
	public void drain() {
		this.life.drain();
	}

	@Override
	public void close(CloseCode code, String reason) {
		this.life.close(code, reason);
	}

	@Override
	public String toString() {
		return "brpc connection " + this.id + " with " + this.peer.address() + " (" + this.life.state() + ")";
	}

}
