package io.brpc.spring.boot.autoconfigure.observability;

import java.time.Clock;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What both the health and the endpoint show.
 */
@Configuration(proxyBeanMethods = false)
class ConnectionHistoryConfiguration {

	@Bean
	ConnectionHistories brpcConnectionHistories() {
		return new ConnectionHistories(Clock.systemUTC());
	}

}
