package io.brpc.spring.boot.autoconfigure;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import io.grpc.ClientInterceptor;

import org.springframework.context.ApplicationContext;
import org.springframework.grpc.client.GlobalClientInterceptor;

/**
 * The application's {@link GlobalClientInterceptor} beans. Not instantiable.
 */
final class GlobalClientInterceptors {

	private GlobalClientInterceptors() {
	}

	/**
	 * Finds the interceptors.
	 * @param context where they are
	 * @return the interceptors in their order, the outermost first
	 */
	static List<ClientInterceptor> of(ApplicationContext context) {
		Set<Object> global = Collections.newSetFromMap(new IdentityHashMap<>());
		global.addAll(context.getBeansWithAnnotation(GlobalClientInterceptor.class).values());
		return context.getBeanProvider(ClientInterceptor.class).orderedStream().filter(global::contains).toList();
	}

}
