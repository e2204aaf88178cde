package io.brpc;

import java.net.InetSocketAddress;
import java.security.Principal;

import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What a server knows about a client that wants to connect.
 * <p>
 * Immutable.
 *
 * @param remoteAddress the client's UDP address
 * @param localAddress the server's UDP address
 * @param sslSession the TLS session, complete; it has the client's certificates if it
 * showed any, and they are verified
 * @param certificatePrincipal the subject of the client's certificate; null if it showed
 * none
 */
public record ConnectionRequest(InetSocketAddress remoteAddress, InetSocketAddress localAddress, SSLSession sslSession,
		@Nullable Principal certificatePrincipal) {

}
