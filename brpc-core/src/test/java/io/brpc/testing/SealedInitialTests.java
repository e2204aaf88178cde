package io.brpc.testing;

import java.security.GeneralSecurityException;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SealedInitialTests {

	/**
	 * The keys of RFC 9001, appendix A.1.
	 */
	@Test
	void keysAreThoseOfTheStandard() throws GeneralSecurityException {
		byte[] secret = HexFormat.of().parseHex("c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea");
		assertThat(SealedInitial.expand(secret, "quic key", 16)).asHexString()
			.isEqualTo("1F369613DD76D5467730EFCBE3B1A22D");
		assertThat(SealedInitial.expand(secret, "quic iv", 12)).asHexString().isEqualTo("FA044B2F42A3FD3B46FB255C");
		assertThat(SealedInitial.expand(secret, "quic hp", 16)).asHexString()
			.isEqualTo("9F50449E04A0E810283A1E9933ADEDD2");
	}

	@Test
	void aDatagramHasTheSizeThatWasAskedFor() {
		byte[] cid = new byte[20];
		assertThat(SealedInitial.datagram(cid, cid, new byte[60], 1199)).hasSize(1199);
		assertThat(SealedInitial.datagram(cid, cid, new byte[0], 100)).hasSize(100);
	}

}
