package io.brpc.spring.boot.autoconfigure.observability;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.convert.DurationUnit;

/**
 * The properties of brpc's meters. Immutable.
 *
 * @param enabled Whether to publish meters of connections.
 * @param sampleInterval How often every connection is asked for its figures. At least 1s.
 * Seconds if no unit is given.
 */
@ConfigurationProperties("brpc.metrics")
public record BrpcMetricsProperties(@DefaultValue("true") boolean enabled,
		@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration sampleInterval) {

	private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);

	/**
	 * Checks the interval.
	 * @throws InvalidConfigurationPropertyValueException if it is less than a second
	 */
	public BrpcMetricsProperties {
		if (sampleInterval.compareTo(MIN_INTERVAL) < 0) {
			throw new InvalidConfigurationPropertyValueException("brpc.metrics.sample-interval", sampleInterval,
					"must be at least 1s");
		}
	}

}
