package io.brpc.spring.boot.autoconfigure;

import io.grpc.Context;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's context propagation carry {@link Context gRPC's context}, and with it
 * the connection of the call that is being handled, to other threads. Stateless.
 */
final class GrpcContextAccessor implements ThreadLocalAccessor<Context> {

	static final String KEY = "io.grpc.Context";

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable Context getValue() {
		Context current = Context.current();
		return (current != Context.ROOT) ? current : null;
	}

	@Override
	public void setValue(Context value) {
		attach(value);
	}

	@Override
	public void setValue() {
		attach(Context.ROOT);
	}

	// What it replaces is not kept: whoever propagates keeps it, and hands it to
	// restore() as the value that was there.
	@SuppressWarnings("CheckReturnValue")
	private static void attach(Context context) {
		context.attach();
	}

}
