package io.brpc.internal.brpc2.frame;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads fields one after the other out of a part of an array that belongs to somebody
 * else. A field that is not there, or not well-formed, is a {@link WireException}.
 * <p>
 * Event-loop confined; good only as long as the array is left alone.
 */
public final class FrameCursor {

	private static final int PAYLOAD_BITS = 7;

	private static final int MORE = 0x80;

	private byte[] bytes = {};

	private int position;

	private int end;

	private boolean own;

	/**
	 * Begins to read a part of an array.
	 * @param bytes the array
	 * @param offset where the part begins
	 * @param length its length
	 * @return this cursor
	 */
	public FrameCursor on(byte[] bytes, int offset, int length) {
		this.bytes = bytes;
		this.position = offset;
		this.end = offset + length;
		this.own = false;
		return this;
	}

	/**
	 * Begins to read an array that nobody else has or will change.
	 * @param bytes the array
	 * @param length how much of it is to be read
	 * @return this cursor
	 */
	FrameCursor onOwn(byte[] bytes, int length) {
		on(bytes, 0, length);
		this.own = true;
		return this;
	}

	/**
	 * Tells whether the array may be kept: nobody changes it any more.
	 * @return whether it may
	 */
	public boolean isOwn() {
		return this.own;
	}

	/**
	 * Returns the array.
	 * @return what is read
	 */
	public byte[] array() {
		return this.bytes;
	}

	/**
	 * Returns where the next field begins in the array.
	 * @return an index
	 */
	public int position() {
		return this.position;
	}

	/**
	 * Returns how many bytes are left.
	 * @return the number
	 */
	public int remaining() {
		return this.end - this.position;
	}

	int readByte(String field) {
		if (this.position == this.end) {
			throw missing(field);
		}
		return this.bytes[this.position++] & 0xff;
	}

	long readVarint(String field) {
		byte[] array = this.bytes;
		int index = this.position;
		if (index < this.end && array[index] >= 0) {
			this.position = index + 1;
			return array[index];
		}
		long value = 0;
		for (int i = 0; i < Varint.MAX_LENGTH; i++) {
			if (index == this.end) {
				throw missing(field);
			}
			int next = array[index++];
			value |= (long) (next & (MORE - 1)) << (i * PAYLOAD_BITS);
			if (next >= 0) {
				if (next == 0 && i > 0) {
					throw new WireException(field + " is a varint with a needless last byte");
				}
				this.position = index;
				return value;
			}
		}
		throw new WireException(field + " is a varint that does not end within " + Varint.MAX_LENGTH + " bytes");
	}

	/**
	 * Reads a number that counts something.
	 * @param field its name
	 * @param max the greatest that is allowed
	 * @return the number
	 */
	int readCount(String field, int max) {
		long value = readVarint(field);
		if (value > max) {
			throw new WireException(field + " is " + value + ", limit is " + max);
		}
		return (int) value;
	}

	/**
	 * Reads the length of what follows, and checks that it is there.
	 * @param field the name of what follows
	 * @return its length
	 */
	int readLength(String field) {
		long length = readVarint(field);
		if (length > remaining()) {
			throw new WireException(field + " claims " + length + " bytes, " + remaining() + " are left");
		}
		return (int) length;
	}

	byte[] readBytes(int length) {
		byte[] copy = Arrays.copyOfRange(this.bytes, this.position, this.position + length);
		this.position += length;
		return copy;
	}

	void skip(int length) {
		this.position += length;
	}

	/**
	 * Reads text that is known already, if it is that.
	 * @param expected the text, printable ASCII
	 * @return whether it was read
	 */
	boolean skipText(String expected) {
		int start = this.position;
		int length = expected.length();
		if (length == 0 || remaining() <= length || readLength("text") != length || !matches(expected)) {
			this.position = start;
			return false;
		}
		this.position += length;
		return true;
	}

	private boolean matches(String expected) {
		for (int i = 0; i < expected.length(); i++) {
			if ((this.bytes[this.position + i] & 0xff) != expected.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Reads text that follows its length.
	 * @param field its name
	 * @param max how many bytes it may have
	 * @return the text
	 */
	String readText(String field, int max) {
		int length = readLength(field);
		if (length > max) {
			throw new WireException(field + " has " + length + " bytes, " + max + " are allowed");
		}
		int start = this.position;
		this.position += length;
		if (isAscii(start, length)) {
			return new String(this.bytes, start, length, StandardCharsets.ISO_8859_1);
		}
		try {
			return StandardCharsets.UTF_8.newDecoder()
				.onMalformedInput(CodingErrorAction.REPORT)
				.onUnmappableCharacter(CodingErrorAction.REPORT)
				.decode(ByteBuffer.wrap(this.bytes, start, length))
				.toString();
		}
		catch (CharacterCodingException ex) {
			throw new WireException(field + " is not UTF-8");
		}
	}

	private boolean isAscii(int start, int length) {
		for (int i = start; i < start + length; i++) {
			if (this.bytes[i] < 0) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Makes sure that nothing is left.
	 */
	void expectEnd() {
		if (this.position != this.end) {
			throw new WireException(remaining() + " bytes behind the last field");
		}
	}

	private static WireException missing(String field) {
		return new WireException("ends before " + field + " does");
	}

}
