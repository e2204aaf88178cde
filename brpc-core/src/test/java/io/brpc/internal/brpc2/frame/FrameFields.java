package io.brpc.internal.brpc2.frame;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.grpc.Metadata;

/**
 * Takes frames, and writes down the fields of the last one as the vectors do. Metadata
 * are sorted by key, for gRPC does not keep the order of different ones. Not safe for use
 * by several threads.
 */
final class FrameFields implements FrameSink {

	private static final HexFormat HEX = HexFormat.of();

	private static final int MAX_FRAME = 1 << 16;

	private final int maxMetadata;

	private final List<String> frames = new ArrayList<>();

	private String name;

	private Map<String, Object> fields = Map.of();

	FrameFields(int maxMetadata) {
		this.maxMetadata = maxMetadata;
	}

	String name() {
		return this.name;
	}

	Map<String, Object> fields() {
		return this.fields;
	}

	/**
	 * Returns all frames in the order in which they came.
	 * @return their names and fields
	 */
	List<String> frames() {
		return this.frames;
	}

	@Override
	public long limit(int type) {
		return FrameType.name(type).startsWith("frame of") ? -1 : MAX_FRAME;
	}

	@Override
	public void tooLong(int type, long length) {
		if (type != FrameType.MESSAGE) {
			throw new WireException("length is " + length + ", limit is " + MAX_FRAME);
		}
		this.frames.add("too long");
	}

	@Override
	public void frame(int type, FrameCursor body) {
		Map<String, Object> fields = new TreeMap<>();
		switch (type) {
			case FrameType.SETTINGS -> settings(Settings.read(body), fields);
			case FrameType.PING, FrameType.PONG -> fields.put("payload", HEX.toHexDigits(SmallFrames.readPing(body)));
			case FrameType.CALL -> call(body, fields);
			case FrameType.ANSWER -> answer(body, fields);
			case FrameType.HEADERS -> fields.put("metadata", sorted(SmallFrames.readHeaders(body, this.maxMetadata)));
			case FrameType.MESSAGE -> {
				encoding(SmallFrames.readMessageHead(body), fields);
				fields.put("message", rest(body));
			}
			case FrameType.CANCEL -> fields.put("number", SmallFrames.readCancel(body));
			case FrameType.CREDIT -> {
				fields.put("number", SmallFrames.readCreditNumber(body));
				fields.put("bytes", (long) SmallFrames.readCreditBytes(body));
			}
			default -> SmallFrames.readEmpty(body);
		}
		this.name = FrameType.name(type);
		this.fields = fields;
		this.frames.add(this.name + fields);
	}

	private static void settings(Settings settings, Map<String, Object> fields) {
		Settings untold = Settings.untold();
		if (settings.id() != null) {
			fields.put("connection-id", HEX.formatHex(settings.id().toBytes()));
		}
		number("max-calls", settings.maxCalls(), untold.maxCalls(), fields);
		number("max-lanes", settings.maxLanes(), untold.maxLanes(), fields);
		number("max-lane-frame", settings.maxLaneFrame(), 0, fields);
		number("max-message", settings.maxMessage(), 0, fields);
		number("max-metadata", settings.maxMetadata(), 0, fields);
		number("max-methods", settings.maxMethods(), 0, fields);
		number("call-window", settings.callWindow(), 0, fields);
		fields.put("encodings", settings.encodings());
	}

	private static void number(String name, int value, int untold, Map<String, Object> fields) {
		if (value != untold) {
			fields.put(name, (long) value);
		}
	}

	private void call(FrameCursor body, Map<String, Object> fields) {
		CallHead head = new CallHead();
		head.read(body, this.maxMetadata);
		fields.put("number", head.number());
		fields.put("method", (long) head.method());
		if (head.path() != null) {
			fields.put("path", head.path());
		}
		if (head.timeoutMicros() >= 0) {
			fields.put("timeout", head.timeoutMicros());
		}
		Metadata metadata = head.metadata();
		if (head.chain() != null) {
			fields.put("chain", head.chain());
		}
		fields.put("metadata", sorted(metadata));
		encoding(head.encoding(), fields);
		fields.put("message", rest(body));
	}

	private void answer(FrameCursor body, Map<String, Object> fields) {
		AnswerHead head = new AnswerHead();
		head.read(body, this.maxMetadata);
		fields.put("number", head.number());
		if (head.headers() != null) {
			fields.put("headers", sorted(head.headers()));
		}
		if (head.trailers() != null) {
			fields.put("trailers", sorted(head.trailers()));
		}
		if (!head.status().isOk()) {
			fields.put("status", (long) head.status().getCode().value());
		}
		if (head.status().getDescription() != null) {
			fields.put("words", head.status().getDescription());
		}
		if (head.isNotRun()) {
			fields.put("not-run", true);
		}
		encoding(head.encoding(), fields);
		fields.put("message", rest(body));
	}

	private static void encoding(int encoding, Map<String, Object> fields) {
		if (encoding >= 0) {
			fields.put("encoding", (long) encoding);
		}
	}

	private static String rest(FrameCursor body) {
		return HEX.formatHex(body.readBytes(body.remaining()));
	}

	private static Map<String, List<String>> sorted(Metadata metadata) {
		Map<String, List<String>> sorted = new TreeMap<>();
		for (String name : metadata.keys()) {
			List<String> values = new ArrayList<>();
			if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
				metadata.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER))
					.forEach((value) -> values.add(HEX.formatHex(value)));
			}
			else {
				metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER))
					.forEach((value) -> values.add(HEX.formatHex(value.getBytes(StandardCharsets.US_ASCII))));
			}
			sorted.put(name, values);
		}
		return sorted;
	}

}
