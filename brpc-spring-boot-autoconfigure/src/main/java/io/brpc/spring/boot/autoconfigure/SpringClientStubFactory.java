package io.brpc.spring.boot.autoconfigure;

import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;

import io.brpc.ClientStub;
import io.brpc.ConnectionRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.ResolvableType;
import org.springframework.grpc.client.BlockingStubFactory;
import org.springframework.grpc.client.BlockingV2StubFactory;
import org.springframework.grpc.client.FutureStubFactory;
import org.springframework.grpc.client.ReactorStubFactory;
import org.springframework.grpc.client.SimpleStubFactory;
import org.springframework.grpc.client.StubFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Makes stubs by Spring gRPC's rule: the application's {@link StubFactory} beans in their
 * order and then those of Spring gRPC, of which the first one that supports the type
 * makes the stub. Immutable.
 */
final class SpringClientStubFactory implements ClientStubFactory {

	private static final List<StubFactory<?>> DEFAULTS = List.of(new BlockingStubFactory(), new BlockingV2StubFactory(),
			new FutureStubFactory(), new ReactorStubFactory(), new SimpleStubFactory());

	private final ConnectionRegistry connections;

	private final ObjectProvider<StubFactory<?>> beans;

	SpringClientStubFactory(ConnectionRegistry connections, ObjectProvider<StubFactory<?>> beans) {
		this.connections = connections;
		this.beans = beans;
	}

	@Override
	public <C> ClientStub<C> create(Class<C> stubType) {
		StubFactory<C> factory = factoryOf(stubType);
		return ClientStub.of(this.connections, (channel) -> factory
			.create(() -> new BorrowedChannel(String.valueOf(channel.authority()), () -> channel), stubType));
	}

	/**
	 * Makes the maker of stubs for an injection point.
	 * @param clientStub its type, a {@code ClientStub<C>}
	 * @return the maker of stubs
	 */
	ClientStub<?> create(ResolvableType clientStub) {
		Class<?> stubType = clientStub.as(ClientStub.class).getGeneric(0).resolve();
		if (stubType == null) {
			throw UnusableStubTypeException.unknown(clientStub);
		}
		return create(stubType);
	}

	@SuppressWarnings("unchecked")
	private <C> StubFactory<C> factoryOf(Class<C> stubType) {
		return (StubFactory<C>) Stream.concat(this.beans.orderedStream(), DEFAULTS.stream())
			.filter((factory) -> supports(factory, stubType))
			.findFirst()
			.orElseThrow(() -> UnusableStubTypeException.unsupported(stubType));
	}

	/**
	 * Asks a factory the way Spring gRPC does: by a static method, which need not be
	 * public, and a factory without one supports every type.
	 */
	private static boolean supports(StubFactory<?> factory, Class<?> stubType) {
		Method supports = ReflectionUtils.findMethod(ClassUtils.getUserClass(factory), "supports", Class.class);
		if (supports == null) {
			return true;
		}
		ReflectionUtils.makeAccessible(supports);
		return Boolean.TRUE.equals(ReflectionUtils.invokeMethod(supports, null, stubType));
	}

}
