package io.brpc.spring.boot.autoconfigure.observability;

import io.brpc.server.BrpcServer;
import io.brpc.spring.boot.autoconfigure.BrpcClientAutoConfiguration;
import io.brpc.spring.boot.autoconfigure.BrpcClients;
import io.brpc.spring.boot.autoconfigure.BrpcServerAutoConfiguration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;

/**
 * The actuator endpoint {@code brpc}.
 */
@AutoConfiguration(after = { BrpcServerAutoConfiguration.class, BrpcClientAutoConfiguration.class })
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnAvailableEndpoint(BrpcEndpoint.class)
@ConditionalOnBooleanProperty(name = "brpc.enabled", matchIfMissing = true)
@Conditional(BrpcPresentCondition.class)
@Import(ConnectionHistoryConfiguration.class)
public final class BrpcEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	BrpcEndpoint brpcEndpoint(ObjectProvider<BrpcServer> server, ObjectProvider<BrpcClients> clients,
			ConnectionHistories histories) {
		return new BrpcEndpoint(server.getIfAvailable(), clients.getIfAvailable(), histories);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(endpoint = BrpcEndpoint.class, exposure = EndpointExposure.WEB)
	BrpcEndpointWebExtension brpcEndpointWebExtension(BrpcEndpoint endpoint) {
		return new BrpcEndpointWebExtension(endpoint);
	}

}
