package io.brpc.spring.boot.autoconfigure.observability;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionStats;
import org.jspecify.annotations.Nullable;

/**
 * What the actuator endpoint shows of one live connection. Immutable.
 *
 * @param id the connection's ID
 * @param wire what its calls travel as, such as {@code brpc/1}
 * @param principal who the other end is; null if it did not say
 * @param groups the groups that the connection is in
 * @param remoteAddress the other end's IP address and UDP port
 * @param localAddress this end's IP address and UDP port
 * @param establishedAt when it was set up
 * @param age how long ago that was
 * @param figures what it has measured; null if that took too long
 */
public record ConnectionDescriptor(String id, String wire, @Nullable String principal, Set<String> groups,
		String remoteAddress, String localAddress, Instant establishedAt, Duration age, @Nullable Figures figures) {

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	/**
	 * Describes connections.
	 * @param connections the connections
	 * @return their descriptions, in the same order
	 */
	static List<ConnectionDescriptor> of(Collection<BrpcConnection> connections) {
		List<CompletableFuture<ConnectionStats>> answers = connections.stream().map(ConnectionFigures::ask).toList();
		await(CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)));
		List<ConnectionDescriptor> described = new ArrayList<>();
		int i = 0;
		for (BrpcConnection connection : connections) {
			CompletableFuture<ConnectionStats> answer = answers.get(i++);
			boolean known = answer.isDone() && !answer.isCompletedExceptionally();
			described.add(of(connection, known ? Figures.of(answer.join()) : null));
		}
		return described;
	}

	private static void await(CompletableFuture<Void> answers) {
		try {
			answers.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			// Those that did not answer are shown without figures.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static ConnectionDescriptor of(BrpcConnection connection, @Nullable Figures figures) {
		return new ConnectionDescriptor(connection.id().toString(), connection.wire().protocol(),
				connection.principal().map(Principal::getName).orElse(null), new TreeSet<>(connection.groups()),
				text(connection.remoteAddress()), text(connection.localAddress()), connection.establishedAt(),
				Duration.between(connection.establishedAt(), Instant.now()), figures);
	}

	/**
	 * Writes an address without a host name, which would have to be looked up.
	 * @param address the address
	 * @return IP address and port; the name if it did not resolve
	 */
	static String text(InetSocketAddress address) {
		if (address.isUnresolved()) {
			return address.getHostString() + ":" + address.getPort();
		}
		String host = address.getAddress().getHostAddress();
		return ((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + ":" + address.getPort();
	}

	/**
	 * What a connection has measured since it began.
	 *
	 * @param rtt the smoothed round-trip time
	 * @param packetsSent QUIC packets sent
	 * @param packetsReceived QUIC packets received
	 * @param packetsLost QUIC packets sent and lost
	 * @param bytesSent bytes sent in UDP datagrams
	 * @param bytesReceived bytes received in UDP datagrams
	 * @param congestionWindowBytes bytes that may be in flight
	 * @param queuedBytes bytes of messages that wait here to be sent
	 * @param inboundCalls calls in flight that the other end makes
	 * @param outboundCalls calls in flight that this end makes
	 */
	public record Figures(Duration rtt, long packetsSent, long packetsReceived, long packetsLost, long bytesSent,
			long bytesReceived, long congestionWindowBytes, long queuedBytes, int inboundCalls, int outboundCalls) {

		static Figures of(ConnectionStats stats) {
			return new Figures(stats.smoothedRtt(), stats.packetsSent(), stats.packetsReceived(), stats.packetsLost(),
					stats.bytesSent(), stats.bytesReceived(), stats.congestionWindowBytes(), stats.queuedBytes(),
					stats.inboundCalls(), stats.outboundCalls());
		}

	}

}
