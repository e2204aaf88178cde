package io.brpc.spring.boot.autoconfigure;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import io.grpc.BindableService;

import org.springframework.context.ApplicationContext;
import org.springframework.grpc.server.service.DefaultGrpcServiceDiscoverer;
import org.springframework.grpc.server.service.GrpcServiceDiscoverer;
import org.springframework.grpc.server.service.GrpcServiceSpec;

/**
 * Finds the services of this application's own gRPC servers: all but the
 * {@link BrpcClientService} beans, which a bean provider finds even though
 * {@link ClientServiceRegistrar} hides them from injection and from conditions.
 * Immutable.
 */
final class ServerServiceDiscoverer implements GrpcServiceDiscoverer {

	private final ApplicationContext context;

	private final GrpcServiceDiscoverer all;

	ServerServiceDiscoverer(ApplicationContext context) {
		this.context = context;
		this.all = new DefaultGrpcServiceDiscoverer(context);
	}

	@Override
	public List<GrpcServiceSpec> findServices() {
		Set<Object> clientServices = Collections.newSetFromMap(new IdentityHashMap<>());
		clientServices.addAll(this.context.getBeansWithAnnotation(BrpcClientService.class).values());
		return this.all.findServices()
			.stream()
			.filter((service) -> !clientServices.contains(service.service()))
			.toList();
	}

	@Override
	public List<String> listServiceNames() {
		return findServices().stream()
			.map(GrpcServiceSpec::service)
			.map(BindableService::bindService)
			.map((service) -> service.getServiceDescriptor().getName())
			.toList();
	}

}
