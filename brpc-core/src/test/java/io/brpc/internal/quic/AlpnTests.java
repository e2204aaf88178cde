package io.brpc.internal.quic;

import io.brpc.TransportSettings;
import io.brpc.Wire;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AlpnTests {

	private final TransportSettings defaults = TransportSettings.defaults();

	@Test
	void brpc2IsPreferredByDefault() {
		assertThat(Alpn.names(this.defaults)).containsExactly("brpc/2", "brpc/1");
	}

	@Test
	void brpc1IsOfferedByTheNamesThatTheApplicationGaveIt() {
		TransportSettings named = this.defaults.withApplicationProtocols("mine/1", "brpc/1");
		assertThat(Alpn.names(named)).containsExactly("brpc/2", "mine/1", "brpc/1");
	}

	@Test
	void wiresThatAreNotWantedAreNotOffered() {
		assertThat(Alpn.names(this.defaults.withWires(Wire.BRPC_1))).containsExactly("brpc/1");
		assertThat(Alpn.names(this.defaults.withWires(Wire.BRPC_2))).containsExactly("brpc/2");
	}

	@Test
	void everyWireHasANameOfItsOwn() {
		assertThat(Wire.values()).extracting(Wire::protocol).containsExactly("brpc/1", "brpc/2");
		assertThat(Wire.values()).extracting(Wire::toString).containsExactly("brpc/1", "brpc/2");
	}

}
