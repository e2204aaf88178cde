package io.brpc.internal.connection;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.BinaryLog;
import io.grpc.HandlerRegistry;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import org.jspecify.annotations.Nullable;

/**
 * What an end serves, found by name, with the interceptors applied as gRPC's server
 * applies them: the last one added runs first. A method is wrapped once, and not for each
 * call, unless the fallback registry exchanges it.
 * <p>
 * Safe for use by any thread, if the fallback registry is.
 */
final class ServedMethods {

	private final Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();

	private final Map<String, Wrapped> wrapped = new ConcurrentHashMap<>();

	private final @Nullable HandlerRegistry fallback;

	private final List<ServerInterceptor> interceptors;

	private final @Nullable BinaryLog binaryLog;

	ServedMethods(List<ServerServiceDefinition> services, @Nullable HandlerRegistry fallback,
			List<ServerInterceptor> interceptors, @Nullable BinaryLog binaryLog) {
		this.fallback = fallback;
		this.interceptors = List.copyOf(interceptors);
		this.binaryLog = binaryLog;
		for (ServerServiceDefinition service : services) {
			for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
				this.methods.put(method.getMethodDescriptor().getFullMethodName(), method);
			}
		}
	}

	/**
	 * Finds a method.
	 * @param fullMethodName such as {@code package.Service/Method}
	 * @return the method, its interceptors applied, or null if it is not served
	 */
	@Nullable ServerMethodDefinition<?, ?> lookup(String fullMethodName) {
		ServerMethodDefinition<?, ?> method = this.methods.get(fullMethodName);
		if (method == null && this.fallback != null) {
			method = this.fallback.lookupMethod(fullMethodName);
		}
		if (method == null) {
			return null;
		}
		Wrapped known = this.wrapped.get(fullMethodName);
		if (known == null || known.original() != method) {
			known = new Wrapped(method, logged(intercepted(method)));
			this.wrapped.put(fullMethodName, known);
		}
		return known.method();
	}

	private <Q, A> ServerMethodDefinition<Q, A> intercepted(ServerMethodDefinition<Q, A> method) {
		ServerCallHandler<Q, A> handler = method.getServerCallHandler();
		for (ServerInterceptor interceptor : this.interceptors) {
			ServerCallHandler<Q, A> next = handler;
			handler = (call, headers) -> interceptor.interceptCall(call, headers, next);
		}
		return method.withServerCallHandler(handler);
	}

	private ServerMethodDefinition<?, ?> logged(ServerMethodDefinition<?, ?> method) {
		return (this.binaryLog != null) ? this.binaryLog.wrapMethodDefinition(method) : method;
	}

	/**
	 * A method, and what became of it.
	 */
	private record Wrapped(ServerMethodDefinition<?, ?> original, ServerMethodDefinition<?, ?> method) {

	}

}
