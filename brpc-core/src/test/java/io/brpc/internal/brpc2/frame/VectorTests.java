package io.brpc.internal.brpc2.frame;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.brpc.CloseCode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The vectors mean what they say: to the real decoder, and to one in Python that knows
 * only the document.
 */
class VectorTests {

	private static final List<String> METADATA = List.of("metadata", "headers", "trailers");

	private final Vectors vectors = Vectors.read();

	@TestFactory
	Stream<DynamicTest> vectorsHold() {
		return this.vectors.vectors()
			.stream()
			.map((vector) -> DynamicTest.dynamicTest((String) vector.get("name"), () -> check(vector)));
	}

	private void check(Map<String, Object> vector) {
		byte[] bytes = HexFormat.of().parseHex((String) vector.get("hex"));
		FrameFields fields = new FrameFields(this.vectors.maxMetadata());
		FrameReader reader = new FrameReader("the vector", 0, fields);
		if (vector.containsKey("error")) {
			assertThatExceptionOfType(WireException.class).isThrownBy(() -> reader.read(bytes, 0, bytes.length))
				.satisfies((ex) -> assertThat(ex.code()).isEqualTo(CloseCode.valueOf((String) vector.get("error"))))
				.withMessageMatching("(?s)[A-Zf][A-Z_rame]+ at 0 of the vector: .+");
			return;
		}
		reader.read(bytes, 0, bytes.length);
		assertThat(reader.isBetweenFrames()).isTrue();
		assertThat(fields.name()).isEqualTo(vector.get("frame"));
		assertThat(fields.fields()).containsAllEntriesOf(expected(vector));
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> expected(Map<String, Object> vector) {
		Map<String, Object> fields = new TreeMap<>((Map<String, Object>) vector.get("fields"));
		for (String name : METADATA) {
			if (fields.containsKey(name)) {
				Map<String, List<String>> sorted = new TreeMap<>();
				for (List<String> entry : (List<List<String>>) fields.get(name)) {
					sorted.computeIfAbsent(entry.get(0), (key) -> new ArrayList<>()).add(entry.get(1));
				}
				fields.put(name, sorted);
			}
		}
		return fields;
	}

	@Test
	void decoderOfTheDocumentAgrees() throws Exception {
		Process python = start("python3",
				Path.of("src", "test", "python", "brpc2_decoder.py").toAbsolutePath().toString(),
				Vectors.FILE.toString());
		assumeTrue(python != null, "there is no python3 to run the decoder of the document");
		String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(python.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(output.strip()).isEqualTo(this.vectors.vectors().size() + " vectors hold");
		assertThat(python.exitValue()).isZero();
	}

	private static Process start(String... command) {
		try {
			return new ProcessBuilder(command).redirectErrorStream(true).start();
		}
		catch (IOException ex) {
			return null;
		}
	}

}
