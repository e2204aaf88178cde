package io.brpc.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Keeps the native libraries of QUIC and epoll in a native image. What they call back by
 * reflection is in hints of Netty's own. Stateless.
 */
final class NativeLibraryHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources()
			.registerPattern("META-INF/native/libnetty_quiche*")
			.registerPattern("META-INF/native/netty_quiche*")
			.registerPattern("META-INF/native/libnetty_transport_native_epoll*");
	}

}
