package io.brpc.spring.boot.autoconfigure;

import io.brpc.ConnectionRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.grpc.server.security.GrpcSecurity;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.config.Customizer;

/**
 * Makes what a connection knows of its other end usable in Spring Security. It secures
 * nothing by itself: the application's {@link GrpcSecurity} does.
 */
@AutoConfiguration(after = { BrpcServerAutoConfiguration.class, BrpcClientAutoConfiguration.class })
@ConditionalOnClass({ GrpcSecurity.class, AuthenticationProvider.class, Customizer.class })
@ConditionalOnBooleanProperty(name = "brpc.enabled", matchIfMissing = true)
public final class BrpcSecurityAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ConnectionAuthenticationExtractor brpcConnectionAuthenticationExtractor(ObjectProvider<ConnectionRegistry> server,
			ObjectProvider<BrpcClients> clients) {
		return new ConnectionAuthenticationExtractor(server, clients);
	}

}
