package io.brpc.spring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContext;
import org.springframework.grpc.server.service.GrpcServiceConfigurer;
import org.springframework.grpc.server.service.GrpcServiceInfo;
import org.springframework.grpc.server.service.GrpcServiceSpec;

/**
 * The application's {@link BrpcClientService} beans, with their interceptors. Immutable.
 */
final class ClientServices {

	private final ApplicationContext context;

	private final GrpcServiceConfigurer configurer;

	ClientServices(ApplicationContext context, GrpcServiceConfigurer configurer) {
		this.context = context;
		this.configurer = configurer;
	}

	/**
	 * Finds the services of a connection.
	 * @param property the property that selects them
	 * @param selection bean names and gRPC service names; null for all
	 * @return the services
	 * @throws InvalidConfigurationPropertyValueException if a name is of no service
	 */
	List<ServerServiceDefinition> select(String property, @Nullable List<String> selection) {
		Set<String> unknown = new LinkedHashSet<>((selection != null) ? selection : List.of());
		List<ServerServiceDefinition> services = new ArrayList<>();
		for (Map.Entry<String, Object> bean : this.context.getBeansWithAnnotation(BrpcClientService.class).entrySet()) {
			ServerServiceDefinition service = bind(bean.getKey(), bean.getValue());
			boolean byBean = unknown.remove(bean.getKey());
			boolean byService = unknown.remove(service.getServiceDescriptor().getName());
			if (selection == null || byBean || byService) {
				services.add(service);
			}
		}
		if (!unknown.isEmpty()) {
			throw new InvalidConfigurationPropertyValueException(property, String.join(",", unknown),
					"there is no @BrpcClientService bean and no gRPC service of one of that name");
		}
		return services;
	}

	private ServerServiceDefinition bind(String name, Object bean) {
		if (!(bean instanceof BindableService service)) {
			throw new IllegalStateException(
					"Bean '" + name + "' has @BrpcClientService and is no BindableService: " + bean.getClass());
		}
		BrpcClientService annotation = Objects
			.requireNonNull(this.context.findAnnotationOnBean(name, BrpcClientService.class));
		GrpcServiceInfo interceptors = new GrpcServiceInfo(annotation.interceptors(), annotation.interceptorNames(),
				annotation.blendWithGlobalInterceptors());
		return this.configurer.configure(new GrpcServiceSpec(service, interceptors), null);
	}

}
