package io.brpc.internal.brpc2.frame;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.grpc.Metadata;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Metadata to bytes and back. Names that have a field of their own, or that gRPC
 * reserves, do not travel. Not instantiable.
 */
public final class MetadataCodec {

	/**
	 * What an entry costs beside its key and its value (as in RFC 9113, section 6.5.2).
	 */
	static final int ENTRY_COST = 32;

	/**
	 * What frames have fields for. Other names of gRPC's travel: status details, tracing
	 * and retries are metadata here, too.
	 */
	private static final Set<String> RESERVED = Set.of("grpc-status", "grpc-message", "grpc-timeout", "grpc-encoding",
			"grpc-accept-encoding", "brpc-call-chain");

	private MetadataCodec() {
	}

	/**
	 * An entry on its way.
	 */
	private static final class Entry {

		private final byte[] key;

		private final byte[] value;

		Entry(byte[] key, byte[] value) {
			this.key = key;
			this.value = value;
		}

	}

	/**
	 * Metadata on its way. Immutable.
	 */
	public static final class Encoded {

		/** No metadata at all. */
		public static final Encoded NONE = new Encoded(List.of());

		private final List<Entry> entries;

		private final int cost;

		private final int length;

		private Encoded(List<Entry> entries) {
			this.entries = entries;
			int cost = 0;
			int length = Varint.length(entries.size());
			for (Entry entry : entries) {
				cost += entry.key.length + entry.value.length + ENTRY_COST;
				length += Varint.length(entry.key.length) + entry.key.length + Varint.length(entry.value.length)
						+ entry.value.length;
			}
			this.cost = cost;
			this.length = length;
		}

		/**
		 * Returns what counts towards the limit.
		 * @return bytes
		 */
		public int cost() {
			return this.cost;
		}

		/**
		 * Tells whether there is anything to send.
		 * @return whether not
		 */
		public boolean isEmpty() {
			return this.entries.isEmpty();
		}

		int length() {
			return this.length;
		}

		void write(ByteBuf out) {
			Varint.write(out, this.entries.size());
			for (Entry entry : this.entries) {
				Varint.write(out, entry.key.length);
				out.writeBytes(entry.key);
				Varint.write(out, entry.value.length);
				out.writeBytes(entry.value);
			}
		}

	}

	/**
	 * Prepares metadata for its way. May be called by any thread that owns the metadata.
	 * @param metadata the metadata
	 * @return what is sent
	 */
	public static Encoded encode(Metadata metadata) {
		Set<String> names = metadata.keys();
		if (names.isEmpty()) {
			return Encoded.NONE;
		}
		List<Entry> entries = new ArrayList<>(names.size());
		for (String name : names) {
			if (isReserved(name)) {
				continue;
			}
			if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
				addAll(entries, name, metadata.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER)));
			}
			else {
				addText(entries, name, metadata.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
			}
		}
		return entries.isEmpty() ? Encoded.NONE : new Encoded(entries);
	}

	private static void addAll(List<Entry> entries, String name, @Nullable Iterable<byte[]> values) {
		if (values != null) {
			byte[] key = name.getBytes(StandardCharsets.US_ASCII);
			values.forEach((value) -> entries.add(new Entry(key, value)));
		}
	}

	private static void addText(List<Entry> entries, String name, @Nullable Iterable<String> values) {
		if (values != null) {
			byte[] key = name.getBytes(StandardCharsets.US_ASCII);
			for (String value : values) {
				byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
				// As on HTTP/2: what can't travel is left away rather than changed.
				if (textFault(bytes, 0, bytes.length) == null) {
					entries.add(new Entry(key, bytes));
				}
			}
		}
	}

	private static boolean isReserved(String name) {
		return RESERVED.contains(name);
	}

	/**
	 * Reads metadata.
	 * @param in where from
	 * @param budget what it may cost
	 * @param into where the entries are put
	 * @return what it cost
	 */
	static int read(FrameCursor in, int budget, Metadata into) {
		// Each entry takes two bytes at least, so a count is never merely claimed.
		int count = in.readCount("count of metadata", in.remaining() / 2);
		int cost = 0;
		for (int i = 0; i < count; i++) {
			int keyLength = in.readLength("key of metadata");
			String name = readKey(in, keyLength);
			int valueLength = in.readLength("value of metadata");
			cost += keyLength + valueLength + ENTRY_COST;
			if (cost > budget) {
				throw new WireException("metadata costs " + cost + " bytes or more, " + budget + " are allowed");
			}
			if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
				putBinary(into, name, in.readBytes(valueLength));
			}
			else {
				putText(into, name, in, valueLength);
			}
		}
		return cost;
	}

	private static void putBinary(Metadata into, String name, byte[] value) {
		if (name.length() == Metadata.BINARY_HEADER_SUFFIX.length()) {
			throw new WireException("key of metadata is only " + Metadata.BINARY_HEADER_SUFFIX);
		}
		into.put(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER), value);
	}

	private static void putText(Metadata into, String name, FrameCursor in, int length) {
		String fault = textFault(in.array(), in.position(), length);
		if (fault != null) {
			throw new WireException("value of metadata " + fault);
		}
		String value = new String(in.array(), in.position(), length, StandardCharsets.ISO_8859_1);
		in.skip(length);
		into.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
	}

	private static String readKey(FrameCursor in, int length) {
		if (length == 0) {
			throw new WireException("key of metadata is empty");
		}
		byte[] bytes = in.array();
		int start = in.position();
		for (int i = start; i < start + length; i++) {
			int c = bytes[i];
			boolean allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
			if (!allowed) {
				throw new WireException("key of metadata has the byte 0x" + Integer.toHexString(c & 0xff));
			}
		}
		String name = new String(bytes, start, length, StandardCharsets.ISO_8859_1);
		in.skip(length);
		if (isReserved(name)) {
			throw new WireException("key of metadata is reserved");
		}
		return name;
	}

	private static @Nullable String textFault(byte[] bytes, int start, int length) {
		for (int i = start; i < start + length; i++) {
			if (bytes[i] < 0x20 || bytes[i] > 0x7e) {
				return "has the byte 0x" + Integer.toHexString(bytes[i] & 0xff);
			}
		}
		return null;
	}

}
