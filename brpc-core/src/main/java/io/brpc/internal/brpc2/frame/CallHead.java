package io.brpc.internal.brpc2.frame;

import java.nio.charset.StandardCharsets;

import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.grpc.Metadata;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a CALL before the message. One object reads all CALLs of a stream, one
 * after the other.
 * <p>
 * Event-loop confined.
 */
public final class CallHead {

	/** The longest path, bytes. */
	public static final int MAX_PATH_LENGTH = 1024;

	/**
	 * Of a text in UTF-8.
	 */
	private static final int MAX_BYTES_PER_CHAR = 3;

	private static final int KNOWN = Flags.PATH | Flags.TIMEOUT | Flags.METADATA | Flags.CHAIN | Flags.ENCODING;

	private long number;

	private int method;

	private @Nullable String path;

	private long timeoutMicros;

	private Metadata metadata = new Metadata();

	private @Nullable String chain;

	/**
	 * The chain that came last: most calls of a lane have the same.
	 */
	private String lastChain = "";

	private int encoding;

	/**
	 * Tells whether a path can't be sent.
	 * @param path a full method name
	 * @return whether it is longer than {@link #MAX_PATH_LENGTH}
	 */
	public static boolean isTooLong(String path) {
		return path.length() * MAX_BYTES_PER_CHAR > MAX_PATH_LENGTH
				&& path.getBytes(StandardCharsets.UTF_8).length > MAX_PATH_LENGTH;
	}

	/**
	 * Reads all fields; the cursor is then at the message.
	 * @param in the body of the frame
	 * @param maxMetadata what metadata and chain may cost
	 */
	public void read(FrameCursor in, int maxMetadata) {
		this.number = in.readVarint("number");
		int flags = Flags.read(in, KNOWN);
		this.method = in.readCount("method", Integer.MAX_VALUE);
		this.path = ((flags & Flags.PATH) != 0) ? readPath(in) : null;
		if (this.path == null && this.method == 0) {
			throw new WireException("method is 0 without a path");
		}
		this.timeoutMicros = ((flags & Flags.TIMEOUT) != 0) ? in.readVarint("timeout") : -1;
		Metadata metadata = new Metadata();
		int cost = ((flags & Flags.METADATA) != 0) ? MetadataCodec.read(in, maxMetadata, metadata) : 0;
		this.chain = ((flags & Flags.CHAIN) != 0) ? readChain(in, maxMetadata - cost) : null;
		this.metadata = metadata;
		this.encoding = Flags.readEncoding(in, flags);
	}

	private static String readPath(FrameCursor in) {
		String path = in.readText("path", MAX_PATH_LENGTH);
		int slash = path.indexOf('/');
		if (slash < 1 || slash == path.length() - 1) {
			throw new WireException("path is not package.Service/Method");
		}
		return path;
	}

	private String readChain(FrameCursor in, int budget) {
		if (this.lastChain.length() <= budget && in.skipText(this.lastChain)) {
			return this.lastChain;
		}
		String chain = in.readText("chain", budget);
		for (int i = 0; i < chain.length(); i++) {
			if (chain.charAt(i) < ' ' || chain.charAt(i) > '~') {
				throw new WireException("chain has a character that a method's name has not");
			}
		}
		this.lastChain = chain;
		return chain;
	}

	/**
	 * Returns how long a frame is.
	 * @param number the call's number
	 * @param method the method's number
	 * @param path the method's path, or null if the number has been defined
	 * @param timeoutMicros time left, or -1 for no limit
	 * @param metadata what is sent with it
	 * @param chain the calls before, or null
	 * @param encoding of the message, or -1
	 * @param messageLength bytes
	 * @return what the length field says
	 */
	public static long frameLength(long number, int method, byte @Nullable [] path, long timeoutMicros,
			Encoded metadata, byte @Nullable [] chain, int encoding, int messageLength) {
		long length = 2L + Varint.length(number) + Varint.length(method) + textLength(path) + textLength(chain);
		length += (timeoutMicros >= 0) ? Varint.length(timeoutMicros) : 0;
		length += metadata.isEmpty() ? 0 : metadata.length();
		length += (encoding >= 0) ? Varint.length(encoding) : 0;
		return length + messageLength;
	}

	/**
	 * Writes a frame up to the message, which has to follow.
	 * @param out where to
	 * @param frameLength see {@link #frameLength}
	 * @param number the call's number
	 * @param method the method's number
	 * @param path the method's path, or null if the number has been defined
	 * @param timeoutMicros time left, or -1 for no limit
	 * @param metadata what is sent with it
	 * @param chain the calls before, or null
	 * @param encoding of the message, or -1
	 */
	public static void write(ByteBuf out, long frameLength, long number, int method, byte @Nullable [] path,
			long timeoutMicros, Encoded metadata, byte @Nullable [] chain, int encoding) {
		Varint.write(out, frameLength);
		out.writeByte(FrameType.CALL);
		Varint.write(out, number);
		out.writeByte(((path != null) ? Flags.PATH : 0) | ((timeoutMicros >= 0) ? Flags.TIMEOUT : 0)
				| (metadata.isEmpty() ? 0 : Flags.METADATA) | ((chain != null) ? Flags.CHAIN : 0)
				| ((encoding >= 0) ? Flags.ENCODING : 0));
		Varint.write(out, method);
		writeText(out, path);
		if (timeoutMicros >= 0) {
			Varint.write(out, timeoutMicros);
		}
		if (!metadata.isEmpty()) {
			metadata.write(out);
		}
		writeText(out, chain);
		if (encoding >= 0) {
			Varint.write(out, encoding);
		}
	}

	static int textLength(byte @Nullable [] text) {
		return (text != null) ? Varint.length(text.length) + text.length : 0;
	}

	static void writeText(ByteBuf out, byte @Nullable [] text) {
		if (text != null) {
			Varint.write(out, text.length);
			out.writeBytes(text);
		}
	}

	public long number() {
		return this.number;
	}

	/**
	 * Returns the method's number.
	 * @return the number, 0 for none
	 */
	public int method() {
		return this.method;
	}

	/**
	 * Returns the method's path.
	 * @return the path, or null if there is only the number
	 */
	public @Nullable String path() {
		return this.path;
	}

	/**
	 * Returns the time left.
	 * @return microseconds, or -1 for no limit
	 */
	public long timeoutMicros() {
		return this.timeoutMicros;
	}

	/**
	 * Returns the calls that led to this one.
	 * @return what the caller says, or null
	 */
	public @Nullable String chain() {
		return this.chain;
	}

	/**
	 * Returns the metadata.
	 * @return never the same object
	 */
	public Metadata metadata() {
		return this.metadata;
	}

	/**
	 * Returns the message's encoding.
	 * @return its number, or -1 for none
	 */
	public int encoding() {
		return this.encoding;
	}

}
