package io.brpc;

import java.nio.ByteBuffer;
import java.util.Optional;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a header says, it is a connection ID in canonical text or is refused.
 */
class ConnectionIdFuzzTests {

	private static final int CANONICAL_LENGTH = 36;

	private static final int[] HYPHENS = { 8, 13, 18, 23 };

	/**
	 * Digits of other scripts, signs and full-width letters, which number parsers take.
	 */
	private static final String ALMOST_HEX = "0123456789abcdefABCDEF-+ gx\u0661\uff11\uff21\u212a\u0000";

	@Property(tries = 2000)
	void textIsAnIdOrIsRefused(@ForAll("texts") String text) {
		Optional<ConnectionId> parsed = parse(text);
		assertThat(parsed.isPresent()).isEqualTo(isCanonical(text));
		parsed.ifPresent((id) -> assertThat(id.toString()).isEqualToIgnoringCase(text));
	}

	@Provide
	Arbitrary<String> texts() {
		Arbitrary<String> anything = Arbitraries.strings().all().ofMaxLength(80);
		Arbitrary<String> rightLength = Arbitraries.strings().withChars(ALMOST_HEX).ofLength(CANONICAL_LENGTH);
		Arbitrary<String> rightHyphens = rightLength.map(ConnectionIdFuzzTests::hyphenated);
		Arbitrary<String> oneWrong = Arbitraries.create(ConnectionId::random)
			.flatMap(
					(id) -> Arbitraries.integers()
						.between(0, CANONICAL_LENGTH - 1)
						.flatMap((index) -> Arbitraries
							.of(ALMOST_HEX.chars().mapToObj((character) -> (char) character).toList())
							.map((wrong) -> new StringBuilder(id.toString()).replace(index, index + 1, wrong.toString())
								.toString())));
		return Arbitraries.oneOf(anything, rightLength, rightHyphens, oneWrong);
	}

	@Property(tries = 500)
	void bytesComeBackAsTheyWere(@ForAll @Size(ConnectionId.LENGTH) byte[] bytes) {
		ConnectionId id = ConnectionId.of(ByteBuffer.wrap(bytes));
		assertThat(id.toBytes()).isEqualTo(bytes);
		assertThat(ConnectionId.parse(id.toString())).isEqualTo(id);
	}

	private static Optional<ConnectionId> parse(String text) {
		try {
			return Optional.of(ConnectionId.parse(text));
		}
		catch (IllegalArgumentException ex) {
			assertThat(ex).message()
				.matches("connection ID (has \\d+ characters, expected 36|is not a UUID in canonical text)");
			return Optional.empty();
		}
	}

	private static boolean isCanonical(String text) {
		return text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
	}

	private static String hyphenated(String text) {
		StringBuilder result = new StringBuilder(text.replace('-', '0'));
		for (int index : HYPHENS) {
			result.setCharAt(index, '-');
		}
		return result.toString();
	}

}
