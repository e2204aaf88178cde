package io.brpc.sample.fleet;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Lets the server's beans have their schedules, and tells where the page is.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
@Profile("server & fleet")
class FleetConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(FleetConfiguration.class);

	@EventListener
	void listening(WebServerInitializedEvent event) {
		logger.info("the fleet's page is http://localhost:{}", event.getWebServer().getPort());
	}

}
