package io.brpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.UUID;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * The name of one connection: a random UUID (RFC 9562) that the server assigns and sends
 * to the client before anything else. A client that reconnects gets a new one.
 * <p>
 * It is a name, not a credential: the server knows which connection a call came on from
 * the transport, and refuses a call whose header names another one. QUIC's own connection
 * IDs (RFC 9000, section 5.1) are something else and are never shown.
 * <p>
 * Immutable.
 *
 * @param value the UUID
 */
public record ConnectionId(UUID value) {

	/**
	 * How many bytes an ID has on the wire: the UUID's, most significant first.
	 */
	public static final int LENGTH = 16;

	/**
	 * The metadata that a client sends with each call, in the UUID's canonical text.
	 */
	public static final Metadata.Key<String> HEADER = Metadata.Key.of("brpc-metadata-client-id",
			Metadata.ASCII_STRING_MARSHALLER);

	private static final int CANONICAL_TEXT_LENGTH = 36;

	/**
	 * Checks that there is a value.
	 * @throws NullPointerException if there is none
	 */
	public ConnectionId {
		Objects.requireNonNull(value, "value");
	}

	/**
	 * Returns a new random ID.
	 * @return an ID that was never used before
	 */
	public static ConnectionId random() {
		return new ConnectionId(UUID.randomUUID());
	}

	/**
	 * Reads an ID from its bytes on the wire.
	 * @param bytes at least {@link #LENGTH} bytes; its position moves on behind them
	 * @return the ID
	 * @throws java.nio.BufferUnderflowException if there are fewer
	 */
	public static ConnectionId of(ByteBuffer bytes) {
		ByteBuffer ordered = bytes.order(ByteOrder.BIG_ENDIAN);
		return new ConnectionId(new UUID(ordered.getLong(), ordered.getLong()));
	}

	/**
	 * Returns the ID's bytes on the wire.
	 * @return a new array of {@link #LENGTH} bytes
	 */
	public byte[] toBytes() {
		return ByteBuffer.allocate(LENGTH)
			.putLong(this.value.getMostSignificantBits())
			.putLong(this.value.getLeastSignificantBits())
			.array();
	}

	/**
	 * Reads an ID from the canonical text of a UUID, upper or lower case.
	 * @param text 36 characters, such as {@code 123e4567-e89b-12d3-a456-426614174000}
	 * @return the ID
	 * @throws IllegalArgumentException if the text is anything else; {@link UUID} alone
	 * would also accept shortened groups
	 */
	public static ConnectionId parse(String text) {
		if (text.length() != CANONICAL_TEXT_LENGTH) {
			throw new IllegalArgumentException(
					"connection ID has " + text.length() + " characters, expected " + CANONICAL_TEXT_LENGTH);
		}
		UUID value = uuid(text);
		if (value == null || !value.toString().equalsIgnoreCase(text)) {
			throw new IllegalArgumentException("connection ID is not a UUID in canonical text");
		}
		return new ConnectionId(value);
	}

	/**
	 * Anybody may have written the text, so it is not repeated in an exception.
	 */
	private static @Nullable UUID uuid(String text) {
		try {
			return UUID.fromString(text);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * Returns the canonical text.
	 * @return 36 characters, lower case
	 */
	@Override
	public String toString() {
		return this.value.toString();
	}

}
