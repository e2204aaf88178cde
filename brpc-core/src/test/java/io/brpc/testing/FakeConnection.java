package io.brpc.testing;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

import io.brpc.BrpcConnection;
import io.brpc.CloseCode;
import io.brpc.CloseReason;
import io.brpc.ConnectionId;
import io.brpc.ConnectionStats;
import io.brpc.Wire;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a network, whose calls the test answers. It knows calls of
 * {@code Payload}s only. Safe for use by any thread.
 */
public final class FakeConnection implements BrpcConnection {

	private final ConnectionId id = ConnectionId.random();

	private final ConcurrentMap<String, Object> attributes = new ConcurrentHashMap<>();

	private final List<FakeCall> calls = Collections.synchronizedList(new ArrayList<>());

	private final Set<String> groups = ConcurrentHashMap.newKeySet();

	private final Channel channel = new FakeChannel();

	private final Consumer<FakeCall> asked;

	private volatile @Nullable Principal principal;

	private FakeConnection(Consumer<FakeCall> asked) {
		this.asked = asked;
	}

	/**
	 * Returns a client whose calls hang until the test answers them.
	 * @return the connection
	 */
	public static FakeConnection silent() {
		return new FakeConnection((call) -> {
		});
	}

	/**
	 * Returns a client that answers at once.
	 * @param asked what it does with each call
	 * @return the connection
	 */
	public static FakeConnection answering(Consumer<FakeCall> asked) {
		return new FakeConnection(asked);
	}

	/**
	 * Says who the client is.
	 * @param distinguishedName such as {@code CN=ada}
	 * @return this
	 */
	public FakeConnection as(String distinguishedName) {
		this.principal = new X500Principal(distinguishedName);
		return this;
	}

	/**
	 * Puts the client into a group.
	 * @param group the group's name
	 * @return this
	 */
	public FakeConnection in(String group) {
		joinGroup(group);
		return this;
	}

	public List<FakeCall> calls() {
		return List.copyOf(this.calls);
	}

	/**
	 * Returns the only call.
	 * @return the call
	 */
	public FakeCall call() {
		if (this.calls.size() != 1) {
			throw new AssertionError(this.calls.size() + " calls, expected one");
		}
		return calls().get(0);
	}

	@Override
	public Channel channel() {
		return this.channel;
	}

	@Override
	public ConnectionId id() {
		return this.id;
	}

	@Override
	public InetSocketAddress remoteAddress() {
		throw new UnsupportedOperationException();
	}

	@Override
	public InetSocketAddress localAddress() {
		throw new UnsupportedOperationException();
	}

	@Override
	public Wire wire() {
		return Wire.BRPC_1;
	}

	@Override
	public SSLSession sslSession() {
		throw new UnsupportedOperationException();
	}

	@Override
	public Optional<Principal> principal() {
		return Optional.ofNullable(this.principal);
	}

	@Override
	public Set<String> groups() {
		return Set.copyOf(this.groups);
	}

	@Override
	public void joinGroup(String group) {
		this.groups.add(group);
	}

	@Override
	public void leaveGroup(String group) {
		this.groups.remove(group);
	}

	@Override
	public Duration setupTime() {
		return Duration.ZERO;
	}

	@Override
	public ConcurrentMap<String, Object> attributes() {
		return this.attributes;
	}

	@Override
	public Instant establishedAt() {
		return Instant.EPOCH;
	}

	@Override
	public CompletionStage<ConnectionStats> stats() {
		return CompletableFuture.failedFuture(new UnsupportedOperationException());
	}

	@Override
	public Optional<CloseReason> closeReason() {
		return Optional.empty();
	}

	@Override
	public void drain() {
		throw new UnsupportedOperationException();
	}

	@Override
	public void close(CloseCode code, String reason) {
		throw new UnsupportedOperationException();
	}

	private final class FakeChannel extends Channel {

		@Override
		@SuppressWarnings("unchecked")
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			FakeCall call = new FakeCall(options, FakeConnection.this.asked);
			FakeConnection.this.calls.add(call);
			return (ClientCall<Q, A>) call;
		}

		@Override
		public String authority() {
			return "fake";
		}

	}

}
