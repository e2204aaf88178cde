package io.brpc.spring.boot.autoconfigure.observability;

import io.brpc.ConnectionRegistry;
import io.brpc.spring.boot.autoconfigure.BrpcClients;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What both the observations and the log context ask.
 */
@Configuration(proxyBeanMethods = false)
class CurrentConnectionConfiguration {

	@Bean
	CurrentConnection brpcCurrentConnection(ObjectProvider<ConnectionRegistry> registry,
			ObjectProvider<BrpcClients> clients) {
		return new CurrentConnection(registry, clients);
	}

}
