package io.brpc.spring.boot.autoconfigure;

import java.io.Serial;
import java.security.Principal;
import java.util.Objects;

import io.brpc.ConnectionId;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/**
 * Who the other end of a connection is. Its details are the connection's ID. Not changed
 * once it is handed out.
 */
final class ConnectionAuthenticationToken extends AbstractAuthenticationToken {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient Principal principal;

	private ConnectionAuthenticationToken(Principal principal, Object connection, boolean authenticated) {
		super(AuthorityUtils.NO_AUTHORITIES);
		this.principal = principal;
		setDetails(connection);
		setAuthenticated(authenticated);
	}

	static ConnectionAuthenticationToken unauthenticated(Principal principal, ConnectionId connection) {
		return new ConnectionAuthenticationToken(principal, connection, false);
	}

	ConnectionAuthenticationToken authenticated() {
		return new ConnectionAuthenticationToken(this.principal, Objects.requireNonNull(getDetails(), "details"), true);
	}

	@Override
	public Principal getPrincipal() {
		return this.principal;
	}

	/**
	 * Returns the credentials, which were TLS's.
	 * @return the empty string
	 */
	@Override
	public Object getCredentials() {
		return "";
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return super.equals(other) && other instanceof ConnectionAuthenticationToken token
				&& this.principal.equals(token.principal);
	}

	@Override
	public int hashCode() {
		return super.hashCode() * 31 + this.principal.hashCode();
	}

}
