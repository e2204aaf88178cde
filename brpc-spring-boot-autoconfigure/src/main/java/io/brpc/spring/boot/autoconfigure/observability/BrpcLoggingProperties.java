package io.brpc.spring.boot.autoconfigure.observability;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of what brpc adds to the application's log. Immutable.
 *
 * @param mdc The log context of handlers.
 */
@ConfigurationProperties("brpc.logging")
public record BrpcLoggingProperties(@DefaultValue Mdc mdc) {

	/**
	 * The log context of handlers.
	 *
	 * @param enabled Whether handlers have the ID of their connection in the log context.
	 */
	public record Mdc(@DefaultValue("true") boolean enabled) {

	}

}
