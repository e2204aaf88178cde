package io.brpc.spring.boot.autoconfigure.observability;

import java.util.Map;
import java.util.TreeMap;

import io.brpc.server.BrpcServer;
import io.brpc.spring.boot.autoconfigure.BrpcClientAutoConfiguration;
import io.brpc.spring.boot.autoconfigure.BrpcClientProperties;
import io.brpc.spring.boot.autoconfigure.BrpcClients;
import io.brpc.spring.boot.autoconfigure.BrpcServerAutoConfiguration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;

/**
 * The health of the server and of each client.
 */
@AutoConfiguration(after = { BrpcServerAutoConfiguration.class, BrpcClientAutoConfiguration.class },
		beforeName = "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration")
@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("brpc")
@ConditionalOnBooleanProperty(name = "brpc.enabled", matchIfMissing = true)
@Conditional(BrpcPresentCondition.class)
@Import(ConnectionHistoryConfiguration.class)
public final class BrpcHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "brpcHealthIndicator", "brpcHealthContributor" })
	CompositeHealthContributor brpcHealthContributor(ObjectProvider<BrpcServer> server,
			ObjectProvider<BrpcClients> clients, ObjectProvider<BrpcClientProperties> properties,
			ConnectionHistories histories) {
		Map<String, HealthContributor> contributors = new TreeMap<>();
		server.ifAvailable((found) -> contributors.put("server", new BrpcServerHealthIndicator(found)));
		clients.ifAvailable((found) -> contributors.put("client", ofClients(found, properties.getObject(), histories)));
		return CompositeHealthContributor.fromMap(contributors);
	}

	private static CompositeHealthContributor ofClients(BrpcClients clients, BrpcClientProperties properties,
			ConnectionHistories histories) {
		Map<String, HealthContributor> contributors = new TreeMap<>();
		properties.connection()
			.forEach((name, connection) -> contributors.put(name,
					new BrpcClientHealthIndicator(clients, name, connection.address(), histories.client(name))));
		return CompositeHealthContributor.fromMap(contributors);
	}

}
