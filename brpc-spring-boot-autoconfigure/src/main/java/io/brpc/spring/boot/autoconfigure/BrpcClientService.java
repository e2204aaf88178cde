package io.brpc.spring.boot.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.grpc.ServerInterceptor;

import org.springframework.stereotype.Component;

/**
 * Marks a {@link io.grpc.BindableService} bean that a client serves to the server it is
 * connected to. It may stand on a class or on a {@code @Bean} method. Such a bean is not
 * served by this application's own gRPC servers, and injection by the type
 * {@code BindableService} passes it over.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface BrpcClientService {

	/**
	 * The types of the {@link ServerInterceptor} beans that this service has beside the
	 * global ones.
	 * @return the types
	 */
	Class<? extends ServerInterceptor>[] interceptors() default {};

	/**
	 * The names of the {@link ServerInterceptor} beans that this service has beside the
	 * global ones.
	 * @return the names
	 */
	String[] interceptorNames() default {};

	/**
	 * Whether this service's interceptors and the global ones are sorted together.
	 * Otherwise the global ones come first.
	 * @return whether they are
	 */
	boolean blendWithGlobalInterceptors() default false;

}
