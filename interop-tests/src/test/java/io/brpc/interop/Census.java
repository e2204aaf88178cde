package io.brpc.interop;

import java.util.List;

import io.grpc.ClientInterceptor;
import io.grpc.InternalConfiguratorRegistry;
import io.grpc.ServerStreamTracer;
import io.grpc.census.InternalCensusTracingAccessor;

/**
 * OpenCensus as gRPC's suite wants it. gRPC adds its own statistics to every channel and
 * server as soon as OpenCensus is there, and they would overwrite the suite's. Its own
 * tests switch them off on the builder by an internal method; here they are off for the
 * whole JVM, and the tracing, which is off with them, is added by hand. Not instantiable.
 */
final class Census {

	static {
		InternalConfiguratorRegistry.setConfigurators(List.of());
	}

	private Census() {
	}

	static ServerStreamTracer.Factory serverTracing() {
		return InternalCensusTracingAccessor.getServerStreamTracerFactory();
	}

	static ClientInterceptor clientTracing() {
		return InternalCensusTracingAccessor.getClientInterceptor();
	}

}
