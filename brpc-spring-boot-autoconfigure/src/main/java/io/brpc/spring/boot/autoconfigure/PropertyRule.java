package io.brpc.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.brpc.FrameSettings;
import io.brpc.TransportSettings;
import io.brpc.Wire;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * What values the properties under a prefix may have. A value that breaks a rule is
 * refused with the property's full name. Immutable.
 *
 * @param prefix where the properties are, without a dot at the end
 */
record PropertyRule(String prefix) {

	private static final DataSize MAX_WINDOW = DataSize.ofGigabytes(1);

	private static final DataSize MIN_DATAGRAM = DataSize.ofBytes(TransportSettings.MIN_DATAGRAM_SIZE);

	private static final DataSize MAX_DATAGRAM = DataSize.ofBytes(TransportSettings.MAX_DATAGRAM_SIZE);

	private static final Duration MAX_BUSY_WAIT = Duration.ofMillis(1);

	void check(boolean valid, String name, @Nullable Object value, String reason) {
		if (!valid) {
			throw new InvalidConfigurationPropertyValueException(this.prefix + "." + name, value, reason);
		}
	}

	void positive(String name, Duration value) {
		check(!value.isNegative() && !value.isZero(), name, value, "must be more than zero");
	}

	void notNegative(String name, Duration value) {
		check(!value.isNegative(), name, value, "must not be negative");
	}

	void atLeastOne(String name, int value) {
		check(value > 0, name, value, "must be at least 1");
	}

	void atLeastOne(String name, DataSize value) {
		check(value.toBytes() > 0, name, value, "must be at least 1B");
	}

	void limit(String name, DataSize value) {
		check(value.toBytes() > 0 && value.toBytes() <= Integer.MAX_VALUE, name, value,
				"must be 1B to " + Integer.MAX_VALUE + "B");
	}

	void wires(List<Wire> value) {
		check(!value.isEmpty(), "wires", null, "must name at least one");
		check(value.size() == Set.copyOf(value).size(), "wires", value, "must name each at most once");
	}

	void busyWait(Duration value) {
		check(!value.isNegative() && value.compareTo(MAX_BUSY_WAIT) <= 0, "busy-wait", value, "must be 0 to 1ms");
	}

	void frames(int maxLanes, DataSize callWindow, DataSize maxUntakenSize) {
		check(maxLanes > 0 && maxLanes <= FrameSettings.MAX_LANES, "inbound.max-lanes", maxLanes,
				"must be 1 to " + FrameSettings.MAX_LANES);
		limit("inbound.call-window", callWindow);
		check(maxUntakenSize.compareTo(callWindow) >= 0, "inbound.max-untaken-size", maxUntakenSize,
				"must not be less than inbound.call-window, which is " + callWindow);
	}

	void windows(DataSize initialMaxData, DataSize initialMaxStreamData) {
		window("quic.initial-max-data", initialMaxData);
		window("quic.initial-max-stream-data", initialMaxStreamData);
		check(initialMaxStreamData.compareTo(initialMaxData) <= 0, "quic.initial-max-stream-data", initialMaxStreamData,
				"must not be more than quic.initial-max-data, which is " + initialMaxData);
	}

	private void window(String name, DataSize value) {
		check(value.toBytes() > 0 && value.compareTo(MAX_WINDOW) <= 0, name, value, "must be 1B to 1GB");
	}

	void datagram(DataSize maxDatagramSize) {
		check(maxDatagramSize.compareTo(MIN_DATAGRAM) >= 0 && maxDatagramSize.compareTo(MAX_DATAGRAM) <= 0,
				"quic.max-datagram-size", maxDatagramSize, "must be " + MIN_DATAGRAM + " to " + MAX_DATAGRAM);
	}

	void keepAlive(Duration keepAliveInterval, Duration maxIdleTimeout) {
		check(keepAliveInterval.isZero() || keepAliveInterval.compareTo(TransportSettings.MIN_KEEP_ALIVE_INTERVAL) >= 0,
				"quic.keep-alive-interval", keepAliveInterval,
				"must be zero, or at least " + TransportSettings.MIN_KEEP_ALIVE_INTERVAL.toSeconds() + "s");
		check(keepAliveInterval.compareTo(maxIdleTimeout) < 0, "quic.keep-alive-interval", keepAliveInterval,
				"must be less than quic.max-idle-timeout, which is " + maxIdleTimeout);
	}

}
