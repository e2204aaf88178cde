package io.brpc.internal.connection;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.Objects;

import io.netty.handler.codec.quic.QuicChannel;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection, and by which addresses. At first that is whom
 * the certificate says.
 * <p>
 * Changed on the event loop; the principal may be read by any thread, its name on the
 * event loop only.
 */
final class Peer {

	private final PeerAddress address;

	private final InetSocketAddress localAddress;

	private final SSLSession sslSession;

	private volatile @Nullable Principal principal;

	private @Nullable String principalName;

	Peer(QuicChannel quic, Connection connection) {
		this.address = new PeerAddress(
				(InetSocketAddress) Objects.requireNonNull(quic.remoteSocketAddress(), "remote address"), connection);
		this.localAddress = (InetSocketAddress) Objects.requireNonNull(quic.localSocketAddress(), "local address");
		this.sslSession = Objects.requireNonNull(quic.sslEngine(), "TLS engine").getSession();
		identify(certified(this.sslSession));
	}

	private static @Nullable Principal certified(SSLSession session) {
		try {
			return session.getPeerPrincipal();
		}
		catch (SSLPeerUnverifiedException ex) {
			return null;
		}
	}

	/**
	 * Sets who the peer is.
	 * @param principal the principal, null if nobody knows
	 */
	void identify(@Nullable Principal principal) {
		this.principal = principal;
		this.principalName = (principal != null) ? principal.getName() : null;
	}

	PeerAddress address() {
		return this.address;
	}

	InetSocketAddress localAddress() {
		return this.localAddress;
	}

	SSLSession sslSession() {
		return this.sslSession;
	}

	@Nullable Principal principal() {
		return this.principal;
	}

	/**
	 * Returns the name that the peer is found by. Asked for once, so that it stays the
	 * same whatever the application's principal does.
	 * @return the name of the principal, or null if there is none
	 */
	@Nullable String principalName() {
		return this.principalName;
	}

}
