package io.brpc.internal.quic;

import io.brpc.TransportSettings;
import io.brpc.Wire;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AlpnTests {

	private final TransportSettings defaults = TransportSettings.defaults();

	@Test
	void brpc1IsOfferedByDefault() {
		assertThat(Alpn.names(this.defaults)).containsExactly("brpc/1");
	}

	@Test
	void brpc1IsOfferedByTheNamesThatTheApplicationGaveIt() {
		assertThat(Alpn.names(this.defaults.withApplicationProtocols("mine/1", "brpc/1"))).containsExactly("mine/1",
				"brpc/1");
	}

	@Test
	void everyWireHasANameOfItsOwn() {
		assertThat(Wire.values()).extracting(Wire::protocol).containsExactly("brpc/1", "brpc/2");
		assertThat(Wire.values()).extracting(Wire::toString).containsExactly("brpc/1", "brpc/2");
	}

}
