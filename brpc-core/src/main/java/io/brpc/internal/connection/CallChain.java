package io.brpc.internal.connection;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The calls that led to the one that is being handled, each made by the handler of the
 * one before: what tells a loop between client and server from an honest call. It travels
 * beside the metadata, or as metadata on brpc/1, and only with calls that are made in a
 * handler.
 * <p>
 * Immutable, and safe for use by any thread.
 */
final class CallChain {

	static final Metadata.Key<String> HEADER = Metadata.Key.of("brpc-call-chain", Metadata.ASCII_STRING_MARSHALLER);

	private static final Context.Key<CallChain> CURRENT = Context.key("brpc-call-chain");

	private static final char SEPARATOR = ',';

	/**
	 * A chain travels on with each nested call, so one that leaves no room for other
	 * metadata (8 KiB by default, in all) would make those fail instead.
	 */
	private static final int MAX_LENGTH = 4096;

	/**
	 * How much of a chain goes into a refusal, characters: an answer that is larger than
	 * the caller's limit on metadata would not get there. A character that is not ASCII
	 * takes nine on the way.
	 */
	private static final int SHOWN_LENGTH = 640;

	private final @Nullable String before;

	private final String method;

	private final String methods;

	private final int depth;

	private volatile byte @Nullable [] bytes;

	private CallChain(@Nullable String before, String method) {
		this.before = before;
		this.method = method;
		if (before == null || before.isEmpty()) {
			this.methods = method;
			this.depth = 1;
		}
		else {
			this.methods = before + SEPARATOR + method;
			this.depth = 2 + separators(before);
		}
	}

	private static int separators(String methods) {
		int count = 0;
		for (int i = methods.indexOf(SEPARATOR); i >= 0; i = methods.indexOf(SEPARATOR, i + 1)) {
			count++;
		}
		return count;
	}

	/**
	 * Returns the chain whose last call is the one that arrives.
	 * @param headers the call's metadata
	 * @param method the call's method
	 * @return the chain
	 */
	static CallChain arriving(Metadata headers, MethodDescriptor<?, ?> method) {
		return new CallChain(headers.get(HEADER), method.getFullMethodName());
	}

	/**
	 * Returns the chain whose last call is one that arrives.
	 * @param before what the caller says of the calls before it, or null
	 * @param method the call's full method name
	 * @param last a chain that may be the same one, which is returned then; or null
	 * @return the chain
	 */
	static CallChain arriving(@Nullable String before, String method, @Nullable CallChain last) {
		if (last != null && last.method.equals(method) && Objects.equals(last.before, before)) {
			return last;
		}
		return new CallChain(before, method);
	}

	/**
	 * Returns the full method names.
	 * @return the names, separated by commas, the outermost first
	 */
	String methods() {
		return this.methods;
	}

	/**
	 * Returns how many calls they are.
	 * @return at least 1
	 */
	int depth() {
		return this.depth;
	}

	/**
	 * Returns {@link #methods()} as they travel.
	 * @return not to be changed
	 */
	byte[] bytes() {
		byte[] bytes = this.bytes;
		if (bytes == null) {
			// Several threads may do so, and make the same.
			bytes = this.methods.getBytes(StandardCharsets.US_ASCII);
			this.bytes = bytes;
		}
		return bytes;
	}

	/**
	 * Tells why a call with this chain is not served.
	 * @param maxDepth how many calls may be nested
	 * @return the status to end the call with, or null if it is served
	 */
	@Nullable Status refusal(int maxDepth) {
		if (this.depth > maxDepth) {
			return Status.RESOURCE_EXHAUSTED
				.withDescription("calls are nested " + this.depth + " deep, limit is " + maxDepth + ": " + shown());
		}
		if (this.methods.length() > MAX_LENGTH) {
			return Status.RESOURCE_EXHAUSTED.withDescription(HEADER.name() + " would have " + this.methods.length()
					+ " characters, limit is " + MAX_LENGTH + ": " + shown());
		}
		return null;
	}

	private String shown() {
		return (this.methods.length() > SHOWN_LENGTH) ? this.methods.substring(0, SHOWN_LENGTH) + "..." : this.methods;
	}

	/**
	 * Returns the chain of the call that is being handled.
	 * @return the chain, or null outside a handler
	 */
	static @Nullable CallChain current() {
		return CURRENT.get();
	}

	/**
	 * Returns the chain of the call that is handled in a context.
	 * @param context the context
	 * @return the chain, or null if it is not a handler's
	 */
	static @Nullable CallChain of(Context context) {
		return CURRENT.get(context);
	}

	Context in(Context context) {
		return context.withValue(CURRENT, this);
	}

	void addTo(Metadata headers) {
		headers.discardAll(HEADER);
		headers.put(HEADER, this.methods);
	}

}
