package io.brpc.internal.brpc2.frame;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.brpc.testing.FuzzRun;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever arrives, and however it is split: frames or a {@link WireException}, always
 * the same ones, and never anything else.
 */
class FrameReaderFuzzTests {

	private static final int MAX_METADATA = 1024;

	private static final List<byte[]> GOOD = Vectors.read()
		.vectors()
		.stream()
		.filter((vector) -> !vector.containsKey("error"))
		.map(FrameReaderFuzzTests::bytes)
		.toList();

	private static byte[] bytes(Map<String, Object> vector) {
		return HexFormat.of().parseHex((String) vector.get("hex"));
	}

	@Property(tries = 3000)
	void anythingIsReadAlikeHoweverItIsSplit(@ForAll("streams") byte[] bytes,
			@ForAll @Size(max = 30) List<@IntRange(max = 40) Integer> parts) {
		assertThat(read(bytes, parts)).isEqualTo(read(bytes, List.of(bytes.length)));
	}

	@Property(tries = 200)
	void anythingIsReadAlikeByteByByte(@ForAll("streams") byte[] bytes) {
		assertThat(read(bytes, Collections.nCopies(bytes.length, 1))).isEqualTo(read(bytes, List.of(bytes.length)));
	}

	@Property(tries = 500)
	void goodFramesAreAllRead(@ForAll("goodFrames") List<byte[]> frames) {
		byte[] bytes = joined(frames);
		assertThat(read(bytes, List.of(bytes.length))).doesNotContain("!");
	}

	/**
	 * The same without what jqwik costs, for as long as is asked.
	 */
	@Example
	void anythingIsReadAlikeForAsLongAsIsAsked() {
		FuzzRun run = new FuzzRun("fuzz of the frame reader", Duration.ofSeconds(1));
		Random random = run.random();
		while (run.goesOn()) {
			List<byte[]> frames = random.ints(random.nextInt(6), 0, GOOD.size()).mapToObj(GOOD::get).toList();
			byte[] bytes = run.mutate(joined(frames));
			List<Integer> parts = random.ints(random.nextInt(20), 0, 40).boxed().toList();
			assertThat(read(bytes, parts)).as(run::toString).isEqualTo(read(bytes, List.of(bytes.length)));
		}
	}

	/**
	 * Frames as they should be, with a few bytes changed, taken out or cut off, and
	 * garbage.
	 */
	@Provide
	Arbitrary<byte[]> streams() {
		Arbitrary<byte[]> good = goodFrames().map(FrameReaderFuzzTests::joined);
		Arbitrary<byte[]> changed = good.filter((bytes) -> bytes.length > 0)
			.flatMap((bytes) -> Arbitraries.integers()
				.between(0, bytes.length - 1)
				.flatMap((index) -> Arbitraries.bytes().map((wrong) -> {
					byte[] copy = bytes.clone();
					copy[index] = wrong;
					return copy;
				})));
		Arbitrary<byte[]> cut = good.flatMap((bytes) -> Arbitraries.integers()
			.between(0, bytes.length)
			.map((start) -> Arrays.copyOfRange(bytes, start, bytes.length)));
		Arbitrary<byte[]> garbage = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
		return Arbitraries.oneOf(good, changed, cut, garbage);
	}

	@Provide
	Arbitrary<List<byte[]>> goodFrames() {
		return Arbitraries.of(GOOD).list().ofMaxSize(6);
	}

	private static byte[] joined(List<byte[]> frames) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		frames.forEach(bytes::writeBytes);
		return bytes.toByteArray();
	}

	/**
	 * Reads, and scribbles over what was read, so that nothing can refer to it later.
	 */
	private static String read(byte[] bytes, List<Integer> parts) {
		FrameFields fields = new FrameFields(MAX_METADATA);
		FrameReader reader = new FrameReader("a stream", 0, fields);
		int position = 0;
		try {
			for (int i = 0; position < bytes.length; i++) {
				int rest = bytes.length - position;
				int count = (i < parts.size()) ? Math.min(parts.get(i), rest) : rest;
				byte[] part = Arrays.copyOfRange(bytes, position, position + count);
				ByteBuf buffer = Unpooled.wrappedBuffer(part);
				reader.readRest(buffer);
				reader.read(part, buffer.readerIndex(), buffer.readableBytes());
				Arrays.fill(part, (byte) 0x55);
				position += count;
			}
		}
		catch (WireException ex) {
			return fields.frames() + " ! " + ex.words();
		}
		return fields.frames() + (reader.isBetweenFrames() ? "" : " ...");
	}

}
