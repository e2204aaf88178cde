package io.brpc.internal.h2;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import io.brpc.internal.h2.PeerGreeting.Progress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a stream begins with, and however it is split: only HTTP/2's first bytes are
 * taken for them, nothing is read twice and nothing is swallowed.
 */
class PeerGreetingFuzzTests {

	private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final int SETTINGS_LENGTH = 9;

	@Property(tries = 2000)
	void onlyThePrefaceIsTheCallersGreeting(@ForAll("prefaces") byte[] bytes,
			@ForAll @Size(max = 30) List<@IntRange(max = 40) Integer> parts) {
		int common = Arrays.mismatch(bytes, PREFACE);
		Progress expected = (common == -1 || common == PREFACE.length) ? Progress.COMPLETE
				: (common == bytes.length) ? Progress.PARTIAL : Progress.WRONG;
		assertThat(read(PeerGreeting.preface(), bytes, parts)).isEqualTo(expected);
	}

	@Property(tries = 2000)
	void onlyASettingsFrameIsTheServersGreeting(@ForAll("settings") byte[] bytes,
			@ForAll @Size(max = 30) List<@IntRange(max = 20) Integer> parts) {
		byte[] wanted = { 0, 0, 0, 4, 0, 0, 0, 0, 0 };
		boolean right = true;
		for (int i = 3; i < Math.min(bytes.length, SETTINGS_LENGTH); i++) {
			right &= bytes[i] == wanted[i];
		}
		Progress expected = !right ? Progress.WRONG
				: (bytes.length >= SETTINGS_LENGTH) ? Progress.COMPLETE : Progress.PARTIAL;
		assertThat(read(PeerGreeting.settings(), bytes, parts)).isEqualTo(expected);
	}

	@Property(tries = 500)
	void complaintShowsAFewBytesOfAnything(@ForAll @Size(max = 2000) byte[] bytes) {
		String complaint = PeerGreeting.preface().complaint(Unpooled.wrappedBuffer(bytes));
		assertThat(complaint).matches("expected the HTTP/2 connection preface, got 0x[0-9a-f]{0,32}");
	}

	@Provide
	Arbitrary<byte[]> prefaces() {
		return damaged(Arbitraries.just(PREFACE));
	}

	@Provide
	Arbitrary<byte[]> settings() {
		return damaged(Arbitraries.bytes().array(byte[].class).ofSize(3).map((length) -> {
			byte[] frame = Arrays.copyOf(length, SETTINGS_LENGTH);
			frame[3] = 4;
			return frame;
		}));
	}

	/**
	 * Whole, cut off, with more behind, with one byte changed, or nothing like it.
	 */
	private static Arbitrary<byte[]> damaged(Arbitrary<byte[]> greetings) {
		Arbitrary<byte[]> resized = greetings.flatMap((greeting) -> Arbitraries.integers()
			.between(0, greeting.length + 20)
			.map((length) -> Arrays.copyOf(greeting, length)));
		Arbitrary<byte[]> changed = greetings.flatMap((greeting) -> Arbitraries.integers()
			.between(0, greeting.length - 1)
			.flatMap((index) -> Arbitraries.bytes().map((wrong) -> {
				byte[] copy = greeting.clone();
				copy[index] = wrong;
				return copy;
			})));
		Arbitrary<byte[]> anything = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
		return Arbitraries.oneOf(greetings, resized, changed, anything);
	}

	private static Progress read(PeerGreeting greeting, byte[] bytes, List<Integer> parts) {
		Progress progress = greeting.isComplete() ? Progress.COMPLETE : Progress.PARTIAL;
		int position = 0;
		for (int i = 0; position < bytes.length && progress == Progress.PARTIAL; i++) {
			int rest = bytes.length - position;
			int length = (i < parts.size()) ? Math.min(parts.get(i), rest) : rest;
			ByteBuf part = Unpooled.wrappedBuffer(bytes, position, length);
			progress = greeting.read(part);
			assertThat(part.readableBytes()).isEqualTo(length);
			position += length;
		}
		return progress;
	}

}
