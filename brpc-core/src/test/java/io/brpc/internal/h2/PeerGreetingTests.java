package io.brpc.internal.h2;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Supplier;

import io.brpc.internal.h2.PeerGreeting.Progress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PeerGreetingTests {

	private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] SETTINGS = { 0, 0, 12, 4, 0, 0, 0, 0, 0 };

	@Test
	void acceptsThePrefaceHoweverItIsSplit() {
		acceptsHoweverSplit(PeerGreeting::preface, PREFACE);
	}

	@Test
	void acceptsSettingsHoweverTheyAreSplit() {
		acceptsHoweverSplit(PeerGreeting::settings, SETTINGS);
	}

	private static void acceptsHoweverSplit(Supplier<PeerGreeting> greetings, byte[] bytes) {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int round = 0; round < 500; round++) {
			PeerGreeting greeting = greetings.get();
			int position = 0;
			while (position < bytes.length) {
				int length = 1 + random.nextInt(bytes.length - position);
				ByteBuf part = Unpooled.wrappedBuffer(bytes, position, length);
				position += length;
				Progress expected = (position == bytes.length) ? Progress.COMPLETE : Progress.PARTIAL;
				assertThat(greeting.read(part)).as("seed %d, round %d", seed, round).isEqualTo(expected);
				assertThat(part.readableBytes()).isEqualTo(length);
			}
			assertThat(greeting.isComplete()).isTrue();
		}
	}

	@Test
	void everyWrongByteOfThePrefaceIsFound() {
		for (int i = 0; i < PREFACE.length; i++) {
			byte[] wrong = PREFACE.clone();
			wrong[i] ^= 1;
			assertThat(PeerGreeting.preface().read(Unpooled.wrappedBuffer(wrong))).as("byte %d", i)
				.isEqualTo(Progress.WRONG);
		}
	}

	@Test
	void anySettingsLengthWillDoButNoOtherFrame() {
		for (int i = 0; i < SETTINGS.length; i++) {
			byte[] changed = SETTINGS.clone();
			changed[i] ^= 1;
			assertThat(PeerGreeting.settings().read(Unpooled.wrappedBuffer(changed))).as("byte %d", i)
				.isEqualTo((i < 3) ? Progress.COMPLETE : Progress.WRONG);
		}
	}

	@Test
	void tellsWhatCame() {
		ByteBuf bytes = Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII);
		assertThat(PeerGreeting.preface().complaint(bytes))
			.isEqualTo("expected the HTTP/2 connection preface, got 0x474554202f20485454502f312e310d0a");
	}

}
