package io.brpc;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentMap;

import io.grpc.Channel;
import javax.net.ssl.SSLSession;

/**
 * One live QUIC connection between a client and a server, with gRPC in both directions.
 * <p>
 * Safe for use by any thread. No method blocks.
 */
public interface BrpcConnection {

	/**
	 * Returns the ID that the server assigned.
	 * @return the ID, never used by another connection
	 */
	ConnectionId id();

	/**
	 * Returns what the connection's calls travel as. The two ends have agreed on it.
	 * @return the wire, the same at both ends
	 */
	Wire wire();

	/**
	 * Returns the channel that calls services of the other end over this connection, and
	 * over no other: when the connection is gone, every call fails with
	 * {@code UNAVAILABLE} and says why.
	 * @return the channel; never shut it down, it lives and dies with the connection
	 */
	Channel channel();

	/**
	 * Returns the other end's UDP address, as it was when the connection was set up.
	 * @return the address
	 */
	InetSocketAddress remoteAddress();

	/**
	 * Returns this end's UDP address.
	 * @return the address
	 */
	InetSocketAddress localAddress();

	/**
	 * Returns the TLS session of the connection.
	 * @return the session, TLS 1.3
	 */
	SSLSession sslSession();

	/**
	 * Returns who the other end is: what the server's {@link ConnectionAuthenticator}
	 * says of a client, or else the subject of the certificate.
	 * @return the principal; empty if there is neither
	 */
	Optional<Principal> principal();

	/**
	 * Returns what the application keeps with the connection.
	 * @return a live map, with what the {@link ConnectionAuthenticator} put there at
	 * first; gone with the connection
	 */
	ConcurrentMap<String, Object> attributes();

	/**
	 * Returns the groups that the connection is in.
	 * @return a snapshot, in no order
	 */
	Set<String> groups();

	/**
	 * Puts the connection into a group, by which a server's {@link ConnectionRegistry}
	 * finds it while it is ready. Joining again does nothing. A group needs no making: it
	 * is there as long as somebody is in it.
	 * @param group the group's name
	 */
	void joinGroup(String group);

	/**
	 * Takes the connection out of a group. Leaving one that it is not in does nothing. A
	 * connection that is gone is found in none of its groups, so nobody has to tidy up.
	 * @param group the group's name
	 */
	void leaveGroup(String group);

	/**
	 * Returns when the connection was set up.
	 * @return the time
	 */
	Instant establishedAt();

	/**
	 * Returns how long the set-up took, from the client's first packet with a valid
	 * address token, or on the client from the attempt's begin, until the connection was
	 * ready for calls.
	 * @return the time; zero before the connection is ready
	 */
	Duration setupTime();

	/**
	 * Asks QUIC for its figures.
	 * @return completes on an event loop, so continue with the {@code Async} methods;
	 * after the connection closed, with its last figures
	 */
	CompletionStage<ConnectionStats> stats();

	/**
	 * Returns how the connection ended.
	 * @return the reason; empty while the connection lives
	 */
	Optional<CloseReason> closeReason();

	/**
	 * Ends the connection as soon as nothing needs it any more. It leaves the registry
	 * and takes no new calls of the client; calls in flight in both directions finish,
	 * and handlers may call back while they do. Then it closes, with
	 * {@link CloseCode#NO_ERROR}; with {@link CloseCode#DRAIN_TIMEOUT} if that takes more
	 * than {@link TransportSettings#drainTimeout()}.
	 * <p>
	 * At the server, this tells the client to go. The client, there or here, connects
	 * anew at once, if it reconnects at all, and to another server if it knows one and
	 * was told to go; its further calls go there. Returns without waiting. Draining
	 * again, or when the connection has closed, does nothing.
	 */
	void drain();

	/**
	 * Ends the connection at once. Calls in flight end with {@code UNAVAILABLE}. Closing
	 * again does nothing.
	 * @param code what the other end is told
	 * @param reason what the other end is told beside the code; US-ASCII, may be empty
	 */
	void close(CloseCode code, String reason);

}
