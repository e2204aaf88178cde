package io.brpc.spring.boot.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.advice.GrpcAdvice;
import org.springframework.grpc.server.advice.GrpcAdviceDiscoverer;
import org.springframework.grpc.server.advice.GrpcAdviceExceptionHandler;
import org.springframework.grpc.server.advice.GrpcExceptionHandlerMethodResolver;
import org.springframework.grpc.server.exception.CompositeGrpcExceptionHandler;
import org.springframework.grpc.server.exception.GrpcExceptionHandler;
import org.springframework.grpc.server.exception.GrpcExceptionHandlerInterceptor;
import org.springframework.grpc.server.service.DefaultGrpcServiceConfigurer;
import org.springframework.grpc.server.service.GrpcServiceConfigurer;

/**
 * What Boot's gRPC server gives to services, where it is off: it is in an application
 * that has client services alone, and where {@code spring.grpc.server.enabled} says so.
 */
@Configuration(proxyBeanMethods = false)
class GrpcServicesConfiguration {

	@Bean
	@ConditionalOnMissingBean(GrpcServiceConfigurer.class)
	DefaultGrpcServiceConfigurer brpcServiceConfigurer(ApplicationContext context) {
		return new DefaultGrpcServiceConfigurer(context);
	}

	@Bean
	@GlobalServerInterceptor
	@ConditionalOnMissingBean
	GrpcExceptionHandlerInterceptor brpcExceptionHandlerInterceptor(ObjectProvider<GrpcExceptionHandler> handlers) {
		return new GrpcExceptionHandlerInterceptor(
				new CompositeGrpcExceptionHandler(handlers.orderedStream().toArray(GrpcExceptionHandler[]::new)));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(annotation = GrpcAdvice.class)
	@ConditionalOnMissingBean({ GrpcAdviceDiscoverer.class, GrpcAdviceExceptionHandler.class })
	static class AdviceConfiguration {

		@Bean
		GrpcAdviceExceptionHandler brpcAdviceExceptionHandler(ApplicationContext context) {
			GrpcAdviceDiscoverer discoverer = new GrpcAdviceDiscoverer(context);
			discoverer.afterPropertiesSet();
			GrpcExceptionHandlerMethodResolver methods = new GrpcExceptionHandlerMethodResolver(discoverer);
			methods.afterPropertiesSet();
			return new GrpcAdviceExceptionHandler(methods);
		}

	}

}
