package io.brpc.spring.boot.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The application events about connections, of server and clients.
 */
@Configuration(proxyBeanMethods = false)
class ConnectionEventsConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ConnectionEventPublisher brpcConnectionEventPublisher(ApplicationEventPublisher events) {
		return new ConnectionEventPublisher(events);
	}

}
