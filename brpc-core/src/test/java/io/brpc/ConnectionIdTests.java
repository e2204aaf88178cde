package io.brpc;

import java.nio.ByteBuffer;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ConnectionIdTests {

	private static final ConnectionId ID = ConnectionId.parse("00112233-4455-6677-8899-aabbccddeeff");

	@Test
	void bytesAreTheUuidsMostSignificantFirst() {
		assertThat(ID.toBytes()).containsExactly(0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb,
				0xcc, 0xdd, 0xee, 0xff);
	}

	@Test
	void bytesComeBackAsTheSameId() {
		ConnectionId random = ConnectionId.random();
		assertThat(ConnectionId.of(ByteBuffer.wrap(random.toBytes()))).isEqualTo(random);
	}

	@Test
	void textComesBackAsTheSameId() {
		ConnectionId random = ConnectionId.random();
		assertThat(ConnectionId.parse(random.toString())).isEqualTo(random);
	}

	@Test
	void upperCaseIsTheSameId() {
		assertThat(ConnectionId.parse("00112233-4455-6677-8899-AABBCCDDEEFF")).isEqualTo(ID);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "1-1-1-1-1", "00112233-4455-6677-8899-aabbccddeef", "00112233-4455-6677-8899-aabbccddeeff0",
					"00112233x4455-6677-8899-aabbccddeeff", "zz112233-4455-6677-8899-aabbccddeeff",
					"0112233-04455-6677-8899-aabbccddeeff", "+0112233-4455-6677-8899-aabbccddeeff" })
	void anythingButCanonicalTextIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> ConnectionId.parse(text));
	}

	@Test
	void randomIdsAreVersion4() {
		UUID value = ConnectionId.random().value();
		assertThat(value.version()).isEqualTo(4);
		assertThat(value.variant()).isEqualTo(2);
	}

}
