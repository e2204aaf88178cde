package io.brpc.internal.quic;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.brpc.TransportSettings;
import io.brpc.Wire;
import io.netty.handler.codec.quic.QuicChannel;

/**
 * How the two ends agree on a wire: in the TLS handshake, by name (RFC 7301). Of the
 * names that both have, the server's preferred one is taken. Not instantiable.
 */
public final class Alpn {

	private Alpn() {
	}

	/**
	 * Returns what an end offers.
	 * @param settings its settings
	 * @return protocol names, the preferred one first
	 */
	public static List<String> names(TransportSettings settings) {
		List<String> names = new ArrayList<>();
		for (Wire wire : settings.wires()) {
			switch (wire) {
				case BRPC_1 -> names.addAll(settings.applicationProtocols());
				case BRPC_2 -> names.add(wire.protocol());
			}
		}
		return List.copyOf(names);
	}

	/**
	 * Returns what the two ends have agreed on.
	 * @param channel a connection whose handshake is complete
	 * @return the wire
	 */
	public static Wire agreed(QuicChannel channel) {
		String name = Objects.requireNonNull(channel.sslEngine(), "TLS engine").getApplicationProtocol();
		return Wire.BRPC_2.protocol().equals(name) ? Wire.BRPC_2 : Wire.BRPC_1;
	}

}
