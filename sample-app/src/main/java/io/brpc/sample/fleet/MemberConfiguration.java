package io.brpc.sample.fleet;

import java.time.Duration;

import io.brpc.spring.boot.autoconfigure.BrpcClientBuilderCustomizer;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/**
 * Makes the client of this application a member of the fleet.
 */
@Configuration(proxyBeanMethods = false)
@Profile("client & fleet")
class MemberConfiguration {

	@Bean
	BrpcClientBuilderCustomizer member(@Value("${sample.name}") String name, @Value("${sample.group}") String group,
			@Value("${sample.fleet.thinking-time}") Duration thinkingTime) {
		return (connection, client) -> client.addService(new MemberService(name, thinkingTime))
			.addConnectionListener(new Registration(name, group));
	}

}
