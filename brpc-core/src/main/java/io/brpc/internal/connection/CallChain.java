package io.brpc.internal.connection;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The calls that led to the one that is being handled, each made by the handler of the
 * one before: what tells a loop between client and server from an honest call. It travels
 * as metadata, and only with calls that are made in a handler.
 * <p>
 * Immutable.
 *
 * @param methods full method names, separated by commas, the outermost first
 * @param depth how many they are
 */
record CallChain(String methods, int depth) {

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

	/**
	 * Returns the chain whose last call is the one that arrives.
	 * @param headers the call's metadata
	 * @param method the call's method
	 * @return the chain
	 */
	static CallChain arriving(Metadata headers, MethodDescriptor<?, ?> method) {
		String before = headers.get(HEADER);
		if (before == null || before.isEmpty()) {
			return new CallChain(method.getFullMethodName(), 1);
		}
		int depth = 2 + (int) before.chars().filter((character) -> character == SEPARATOR).count();
		return new CallChain(before + SEPARATOR + method.getFullMethodName(), depth);
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

	Context in(Context context) {
		return context.withValue(CURRENT, this);
	}

	void addTo(Metadata headers) {
		headers.discardAll(HEADER);
		headers.put(HEADER, this.methods);
	}

}
