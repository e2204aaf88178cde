package io.brpc.spring.boot.test;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.ClientIdentity;
import io.brpc.spring.boot.autoconfigure.BrpcClientService;
import io.brpc.spring.boot.autoconfigure.BrpcServerBuilderCustomizer;
import io.brpc.spring.boot.autoconfigure.ConnectionAuthenticationExtractor;
import io.brpc.spring.boot.test.proto.AskReply;
import io.brpc.spring.boot.test.proto.AskRequest;
import io.brpc.spring.boot.test.proto.AskerGrpc;
import io.brpc.spring.boot.test.proto.NameRequest;
import io.brpc.spring.boot.test.proto.NamedGrpc;
import io.grpc.stub.StreamObserver;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.security.AuthenticationProcessInterceptor;
import org.springframework.grpc.server.security.GrpcSecurity;
import org.springframework.grpc.server.service.GrpcService;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

import static org.springframework.security.config.Customizer.withDefaults;

/**
 * Applications whose server tells the caller who it is.
 */
final class SecurityApplication {

	private SecurityApplication() {
	}

	/**
	 * Each call is authenticated by itself: by the certificate, or by what its metadata
	 * say.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(WhoAmI.class)
	static class PerCall {

		@Bean
		@GlobalServerInterceptor
		AuthenticationProcessInterceptor security(GrpcSecurity security) throws Exception {
			return security
				.authorizeRequests((requests) -> requests.methods("brpc.stubs.Asker/*")
					.hasAnyAuthority("ROLE_ADMIN", "SCOPE_ask")
					.allRequests()
					.denyAll())
				.httpBasic(withDefaults())
				.oauth2ResourceServer((bearer) -> bearer.jwt(withDefaults()))
				.preauth(withDefaults())
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					List.of(User.withUsername("ada").password("{noop}secret").roles("ADMIN").build(),
							User.withUsername("grace").password("{noop}secret").roles("USER").build()));
		}

		@Bean
		JwtDecoder tokens() {
			return (token) -> {
				if (!token.equals("good")) {
					throw new BadJwtException("not good");
				}
				return Jwt.withTokenValue(token).header("alg", "none").subject("edsger").claim("scope", "ask").build();
			};
		}

	}

	/**
	 * Each connection is authenticated once.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ WhoAmI.class, WhoAreYou.class })
	static class PerConnection {

		private final AtomicInteger authentications = new AtomicInteger();

		@Bean
		@GlobalServerInterceptor
		AuthenticationProcessInterceptor security(GrpcSecurity security, ConnectionAuthenticationExtractor connections)
				throws Exception {
			connections.customize(security);
			return security
				.authorizeRequests((requests) -> requests.methods("brpc.stubs.Asker/*")
					.hasAuthority("ROLE_DEVICE")
					.allRequests()
					.authenticated())
				.build();
		}

		@Bean
		BrpcServerBuilderCustomizer authenticator() {
			return (server) -> server.authenticator((request) -> {
				this.authentications.incrementAndGet();
				if (request.certificatePrincipal() == null) {
					return ClientIdentity.anonymous();
				}
				String name = request.certificatePrincipal().getName();
				if (name.equals("CN=guest")) {
					return ClientIdentity.named("guest");
				}
				return ClientIdentity.of(UsernamePasswordAuthenticationToken.authenticated(name, null,
						AuthorityUtils.createAuthorityList("ROLE_DEVICE")));
			});
		}

		int authentications() {
			return this.authentications.get();
		}

	}

	@GrpcService
	static class WhoAmI extends AskerGrpc.AskerImplBase {

		@Override
		public void ask(AskRequest request, StreamObserver<AskReply> responses) {
			Authentication caller = SecurityContextHolder.getContext().getAuthentication();
			responses.onNext(AskReply.newBuilder().setName(caller.getName()).build());
			responses.onCompleted();
		}

	}

	@BrpcClientService
	static class WhoAreYou extends NamedGrpc.NamedImplBase {

		@Override
		public void name(NameRequest request, StreamObserver<AskReply> responses) {
			Authentication caller = SecurityContextHolder.getContext().getAuthentication();
			responses.onNext(AskReply.newBuilder().setName("called by " + caller.getName()).build());
			responses.onCompleted();
		}

	}

}
