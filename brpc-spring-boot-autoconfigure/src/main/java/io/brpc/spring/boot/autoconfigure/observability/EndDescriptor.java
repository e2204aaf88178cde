package io.brpc.spring.boot.autoconfigure.observability;

import java.time.Instant;
import java.util.List;

import io.brpc.CloseCode;
import org.jspecify.annotations.Nullable;

/**
 * What the actuator endpoint shows of a connection that ended, or never came. Immutable.
 *
 * @param at when
 * @param id the connection's ID; null if it never was ready
 * @param remoteAddress the other end's IP address and UDP port
 * @param origin who ended it
 * @param code the code that the peer was told, or told; null if there was none
 * @param description what happened
 */
public record EndDescriptor(Instant at, @Nullable String id, String remoteAddress, String origin, @Nullable String code,
		String description) {

	static List<EndDescriptor> of(ConnectionHistory history) {
		return history.ends().stream().map(EndDescriptor::of).toList();
	}

	private static EndDescriptor of(ConnectionHistory.End end) {
		CloseCode code = end.reason().code();
		return new EndDescriptor(end.at(), end.id(), ConnectionDescriptor.text(end.remoteAddress()),
				end.reason().origin().name(), (code != null) ? code.name() : null, end.reason().description());
	}

}
