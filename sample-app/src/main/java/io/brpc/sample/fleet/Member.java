package io.brpc.sample.fleet;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.BrpcConnection;
import io.brpc.CloseReason;
import io.brpc.ConnectionStats;
import org.jspecify.annotations.Nullable;

/**
 * A client that has joined the fleet, for as long as its connection lives. Safe for use
 * by any thread.
 */
final class Member {

	private static final String ATTRIBUTE = "member";

	private final AtomicInteger callsInFlight = new AtomicInteger();

	private final BrpcConnection connection;

	private final String name;

	private final String group;

	private volatile @Nullable ConnectionStats stats;

	private Member(BrpcConnection connection, String name, String group) {
		this.connection = connection;
		this.name = name;
		this.group = group;
	}

	/**
	 * Makes a connection a member. Of several times the first one counts.
	 * @param connection the connection
	 * @param name its client's name
	 * @param group its client's group
	 */
	static void join(BrpcConnection connection, String name, String group) {
		if (connection.attributes().putIfAbsent(ATTRIBUTE, new Member(connection, name, group)) == null) {
			connection.joinGroup(group);
		}
	}

	/**
	 * Finds the member of a connection.
	 * @param connection the connection
	 * @return the member; empty if the client has not joined
	 */
	static Optional<Member> find(BrpcConnection connection) {
		return Optional.ofNullable((Member) connection.attributes().get(ATTRIBUTE));
	}

	static Member of(BrpcConnection connection) {
		return find(connection).orElseThrow();
	}

	BrpcConnection connection() {
		return this.connection;
	}

	String id() {
		return this.connection.id().toString();
	}

	String name() {
		return this.name;
	}

	String group() {
		return this.group;
	}

	String address() {
		return this.connection.remoteAddress().getAddress().getHostAddress() + ":"
				+ this.connection.remoteAddress().getPort();
	}

	/**
	 * Asks QUIC for its figures, which {@link #figures()} has from the moment they come.
	 */
	void refresh() {
		this.connection.stats().thenAcceptAsync((latest) -> this.stats = latest);
	}

	void callBegins() {
		this.callsInFlight.incrementAndGet();
	}

	void callEnds() {
		this.callsInFlight.decrementAndGet();
	}

	/**
	 * Returns what the page plots.
	 * @return the latest figures; empty before the first ones
	 */
	Optional<Figures> figures() {
		ConnectionStats latest = this.stats;
		if (latest == null) {
			return Optional.empty();
		}
		return Optional.of(new Figures(id(), latest.smoothedRtt().toNanos() / 1000, latest.packetsSent(),
				latest.packetsLost(), this.callsInFlight.get()));
	}

	/**
	 * Says why the member has left.
	 * @return the reason
	 */
	String farewell() {
		return this.connection.closeReason().map(CloseReason::description).orElse("finishes its last calls");
	}

	@Override
	public String toString() {
		return this.name + " (" + this.group + ")";
	}

	/**
	 * One point in the plots of a member. Counts are since the connection began.
	 *
	 * @param id the connection's ID
	 * @param rttMicros the smoothed round-trip time, microseconds
	 * @param sent packets that the server has sent
	 * @param lost those of them that were lost
	 * @param inFlight calls to the client that are in flight now
	 */
	record Figures(String id, long rttMicros, long sent, long lost, int inFlight) {

	}

}
