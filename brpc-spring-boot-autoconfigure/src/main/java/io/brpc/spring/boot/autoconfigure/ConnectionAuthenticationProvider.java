package io.brpc.spring.boot.autoconfigure;

import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;

/**
 * Authenticates what {@link ConnectionAuthenticationExtractor} extracts. There is nothing
 * left to prove: only the transport makes these tokens. Stateless.
 */
final class ConnectionAuthenticationProvider implements AuthenticationProvider {

	@Override
	public Authentication authenticate(Authentication authentication) {
		ConnectionAuthenticationToken token = (ConnectionAuthenticationToken) authentication;
		return (token.getPrincipal() instanceof Authentication known && known.isAuthenticated()) ? known
				: token.authenticated();
	}

	@Override
	public boolean supports(Class<?> authentication) {
		return ConnectionAuthenticationToken.class.isAssignableFrom(authentication);
	}

}
