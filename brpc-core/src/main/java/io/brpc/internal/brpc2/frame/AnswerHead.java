package io.brpc.internal.brpc2.frame;

import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an ANSWER before the message. One object reads all ANSWERs of a stream,
 * one after the other.
 * <p>
 * Event-loop confined.
 */
public final class AnswerHead {

	private static final int KNOWN = Flags.HEADERS | Flags.TRAILERS | Flags.STATUS | Flags.WORDS | Flags.ENCODING
			| Flags.NOT_RUN;

	private static final int MAX_STATUS = 16;

	private long number;

	private @Nullable Metadata headers;

	private @Nullable Metadata trailers;

	private Status status = Status.OK;

	private boolean notRun;

	private int encoding;

	/**
	 * Reads all fields; the cursor is then at the message.
	 * @param in the body of the frame
	 * @param maxMetadata what headers, trailers and words may cost
	 */
	public void read(FrameCursor in, int maxMetadata) {
		this.number = in.readVarint("number");
		int flags = Flags.read(in, KNOWN);
		if ((flags & Flags.STATUS) == 0 && (flags & (Flags.WORDS | Flags.NOT_RUN)) != 0) {
			throw new WireException("words or not-run without a status");
		}
		int budget = maxMetadata;
		this.headers = null;
		if ((flags & Flags.HEADERS) != 0) {
			Metadata headers = new Metadata();
			budget -= MetadataCodec.read(in, budget, headers);
			this.headers = headers;
		}
		this.trailers = null;
		if ((flags & Flags.TRAILERS) != 0) {
			Metadata trailers = new Metadata();
			budget -= MetadataCodec.read(in, budget, trailers);
			this.trailers = trailers;
		}
		this.status = ((flags & Flags.STATUS) != 0) ? readStatus(in, flags, budget) : Status.OK;
		this.notRun = (flags & Flags.NOT_RUN) != 0;
		this.encoding = Flags.readEncoding(in, flags);
		if ((flags & Flags.STATUS) != 0 && in.remaining() > 0) {
			throw new WireException("a message beside a status that is not OK");
		}
	}

	private static Status readStatus(FrameCursor in, int flags, int budget) {
		int code = in.readCount("status", MAX_STATUS);
		if (code == 0) {
			throw new WireException("status is 0, which is said by none");
		}
		Status status = Status.fromCodeValue(code);
		if ((flags & Flags.WORDS) == 0) {
			return status;
		}
		return status.withDescription(in.readText("words", budget));
	}

	/**
	 * Returns how long a frame is.
	 * @param number the call's number
	 * @param headers initial metadata
	 * @param trailers trailing metadata
	 * @param status the status's number, 0 for OK
	 * @param words the status's description, or null
	 * @param encoding of the message, or -1
	 * @param messageLength bytes
	 * @return what the length field says
	 */
	public static long frameLength(long number, Encoded headers, Encoded trailers, int status, byte @Nullable [] words,
			int encoding, int messageLength) {
		long length = 2L + Varint.length(number) + CallHead.textLength(words) + ((status != 0) ? 1 : 0);
		length += headers.isEmpty() ? 0 : headers.length();
		length += trailers.isEmpty() ? 0 : trailers.length();
		length += (encoding >= 0) ? Varint.length(encoding) : 0;
		return length + messageLength;
	}

	/**
	 * Writes a frame up to the message, which has to follow.
	 * @param out where to
	 * @param frameLength see {@link #frameLength}
	 * @param number the call's number
	 * @param headers initial metadata
	 * @param trailers trailing metadata
	 * @param status the status's number, 0 for OK
	 * @param notRun whether no handler has seen the call
	 * @param words the status's description, or null
	 * @param encoding of the message, or -1
	 */
	public static void write(ByteBuf out, long frameLength, long number, Encoded headers, Encoded trailers, int status,
			boolean notRun, byte @Nullable [] words, int encoding) {
		Varint.write(out, frameLength);
		out.writeByte(FrameType.ANSWER);
		Varint.write(out, number);
		out.writeByte((headers.isEmpty() ? 0 : Flags.HEADERS) | (trailers.isEmpty() ? 0 : Flags.TRAILERS)
				| ((status != 0) ? Flags.STATUS : 0) | ((words != null) ? Flags.WORDS : 0)
				| ((encoding >= 0) ? Flags.ENCODING : 0) | (notRun ? Flags.NOT_RUN : 0));
		if (!headers.isEmpty()) {
			headers.write(out);
		}
		if (!trailers.isEmpty()) {
			trailers.write(out);
		}
		if (status != 0) {
			out.writeByte(status);
		}
		CallHead.writeText(out, words);
		if (encoding >= 0) {
			Varint.write(out, encoding);
		}
	}

	public long number() {
		return this.number;
	}

	/**
	 * Returns the initial metadata.
	 * @return the metadata, or null if there is none here
	 */
	public @Nullable Metadata headers() {
		return this.headers;
	}

	/**
	 * Returns the trailing metadata.
	 * @return the metadata, or null if there is none
	 */
	public @Nullable Metadata trailers() {
		return this.trailers;
	}

	public Status status() {
		return this.status;
	}

	public boolean isNotRun() {
		return this.notRun;
	}

	/**
	 * Returns the message's encoding.
	 * @return its number, or -1 for none
	 */
	public int encoding() {
		return this.encoding;
	}

}
