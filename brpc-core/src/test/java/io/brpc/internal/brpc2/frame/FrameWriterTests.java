package io.brpc.internal.brpc2.frame;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.brpc.ConnectionId;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.grpc.Metadata;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is written has the bytes of the vectors.
 */
class FrameWriterTests {

	private static final List<String> WRITTEN = List.of("GOAWAY", "DONE", "HALF_CLOSE", "PING", "PONG", "CANCEL",
			"CREDIT", "MESSAGE", "HEADERS", "CALL", "ANSWER");

	@TestFactory
	Stream<DynamicTest> writesTheVectors() {
		return Vectors.read()
			.vectors()
			.stream()
			.filter((vector) -> WRITTEN.contains(String.valueOf(vector.get("frame"))))
			.filter((vector) -> !vector.get("name").equals("empty metadata"))
			.filter((vector) -> !vector.get("name").equals("a call with everything"))
			.map((vector) -> DynamicTest.dynamicTest((String) vector.get("name"), () -> check(vector)));
	}

	@SuppressWarnings("unchecked")
	private static void check(Map<String, Object> vector) {
		ByteBuf out = Unpooled.buffer();
		write(out, (String) vector.get("frame"), (Map<String, Object>) vector.get("fields"));
		assertThat(ByteBufUtil.hexDump(out)).isEqualTo(vector.get("hex"));
	}

	private static void write(ByteBuf out, String frame, Map<String, Object> fields) {
		byte[] message = HexFormat.of().parseHex((String) fields.getOrDefault("message", ""));
		int encoding = ((Long) fields.getOrDefault("encoding", -1L)).intValue();
		switch (frame) {
			case "GOAWAY" -> SmallFrames.writeEmpty(out, FrameType.GOAWAY);
			case "DONE" -> SmallFrames.writeEmpty(out, FrameType.DONE);
			case "HALF_CLOSE" -> SmallFrames.writeEmpty(out, FrameType.HALF_CLOSE);
			case "PING", "PONG" -> SmallFrames.writePing(out, frame.equals("PING") ? FrameType.PING : FrameType.PONG,
					HexFormat.fromHexDigitsToLong((String) fields.get("payload")));
			case "CANCEL" -> SmallFrames.writeCancel(out, (Long) fields.get("number"));
			case "CREDIT" -> SmallFrames.writeCredit(out, (Long) fields.get("number"), (Long) fields.get("bytes"));
			case "MESSAGE" -> SmallFrames.writeMessageHead(out, encoding, message.length);
			case "HEADERS" -> SmallFrames.writeHeaders(out, metadata(fields, "metadata"));
			case "CALL" -> writeCall(out, fields, encoding, message.length);
			default -> writeAnswer(out, fields, encoding, message.length);
		}
		out.writeBytes(message);
	}

	private static void writeCall(ByteBuf out, Map<String, Object> fields, int encoding, int messageLength) {
		long number = (Long) fields.get("number");
		int method = ((Long) fields.get("method")).intValue();
		byte[] path = text(fields, "path");
		long timeout = (Long) fields.getOrDefault("timeout", -1L);
		Encoded metadata = metadata(fields, "metadata");
		byte[] chain = text(fields, "chain");
		long length = CallHead.frameLength(number, method, path, timeout, metadata, chain, encoding, messageLength);
		CallHead.write(out, length, number, method, path, timeout, metadata, chain, encoding);
	}

	private static void writeAnswer(ByteBuf out, Map<String, Object> fields, int encoding, int messageLength) {
		long number = (Long) fields.get("number");
		int status = ((Long) fields.getOrDefault("status", 0L)).intValue();
		byte[] words = text(fields, "words");
		Encoded headers = metadata(fields, "headers");
		Encoded trailers = metadata(fields, "trailers");
		long length = AnswerHead.frameLength(number, headers, trailers, status, words, encoding, messageLength);
		AnswerHead.write(out, length, number, headers, trailers, status, fields.containsKey("not-run"), words,
				encoding);
	}

	private static byte[] text(Map<String, Object> fields, String name) {
		String text = (String) fields.get(name);
		return (text != null) ? text.getBytes(StandardCharsets.UTF_8) : null;
	}

	@SuppressWarnings("unchecked")
	private static Encoded metadata(Map<String, Object> fields, String name) {
		Metadata metadata = new Metadata();
		for (List<String> entry : (List<List<String>>) fields.getOrDefault(name, new ArrayList<>())) {
			byte[] value = HexFormat.of().parseHex(entry.get(1));
			if (entry.get(0).endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
				metadata.put(Metadata.Key.of(entry.get(0), Metadata.BINARY_BYTE_MARSHALLER), value);
			}
			else {
				metadata.put(Metadata.Key.of(entry.get(0), Metadata.ASCII_STRING_MARSHALLER),
						new String(value, StandardCharsets.US_ASCII));
			}
		}
		return MetadataCodec.encode(metadata);
	}

	@Test
	void settingsAreReadAsTheyWereWritten() {
		Settings settings = new Settings(ConnectionId.random(), 7, 3, 2048, 0, 4096, 0, 77, List.of("gzip", "zstd"));
		ByteBuf out = Unpooled.buffer();
		settings.write(out);
		byte[] bytes = ByteBufUtil.getBytes(out);
		assertThat(Settings.read(new FrameCursor().on(bytes, 2, bytes.length - 2))).isEqualTo(settings);
	}

	@Test
	void reservedMetadataAndTextThatCannotTravelAreLeftAway() {
		Metadata metadata = new Metadata();
		metadata.put(Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER), "1S");
		metadata.put(Metadata.Key.of("brpc-call-chain", Metadata.ASCII_STRING_MARSHALLER), "a/b");
		metadata.put(Metadata.Key.of("word", Metadata.ASCII_STRING_MARSHALLER), "line\nbreak");
		assertThat(MetadataCodec.encode(metadata).isEmpty()).isTrue();
	}

	@Test
	void statusDetailsTravel() {
		Metadata metadata = new Metadata();
		Metadata.Key<byte[]> details = Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);
		metadata.put(details, new byte[] { 1, 2 });
		MetadataCodec.Encoded encoded = MetadataCodec.encode(metadata);
		ByteBuf out = Unpooled.buffer();
		encoded.write(out);
		byte[] bytes = ByteBufUtil.getBytes(out);
		Metadata read = new Metadata();
		MetadataCodec.read(new FrameCursor().on(bytes, 0, bytes.length), encoded.cost(), read);
		assertThat(read.get(details)).containsExactly(1, 2);
	}

}
