package io.brpc.spring.boot.autoconfigure;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.Set;

import io.brpc.ClientStub;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Keeps in a native image what is reached by reflection from {@code ClientStub<C>}
 * injection points: the factory methods of the generated code, and the messages of the
 * service. Stateless.
 */
final class ClientStubAotProcessor implements BeanFactoryInitializationAotProcessor {

	/**
	 * How deep an injection point's type is looked into: {@code ClientStub} may stand in
	 * a provider, of an optional, of a list.
	 */
	private static final int MAX_DEPTH = 4;

	@Override
	public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
			ConfigurableListableBeanFactory beans) {
		Set<Class<?>> stubTypes = new LinkedHashSet<>();
		for (String name : beans.getBeanDefinitionNames()) {
			collect(RegisteredBean.of(beans, name).getBeanClass(), stubTypes);
		}
		return stubTypes.isEmpty() ? null : (generation, code) -> stubTypes
			.forEach((stubType) -> register(generation.getRuntimeHints().reflection(), stubType));
	}

	private static void collect(Class<?> beanClass, Set<Class<?>> stubTypes) {
		Class<?> type = ClassUtils.getUserClass(beanClass);
		try {
			for (Constructor<?> constructor : type.getDeclaredConstructors()) {
				for (int i = 0; i < constructor.getParameterCount(); i++) {
					collect(ResolvableType.forConstructorParameter(constructor, i), 0, stubTypes);
				}
			}
			ReflectionUtils.doWithFields(type, (field) -> collect(ResolvableType.forField(field, type), 0, stubTypes));
			ReflectionUtils.doWithMethods(type, (method) -> collect(method, type, stubTypes));
		}
		catch (LinkageError | IllegalStateException ex) {
			// A class that mentions what is not there, as optional integrations do; none
			// of
			// those has stubs.
			return;
		}
	}

	private static void collect(Method method, Class<?> type, Set<Class<?>> stubTypes) {
		for (int i = 0; i < method.getParameterCount(); i++) {
			collect(ResolvableType.forMethodParameter(method, i, type), 0, stubTypes);
		}
	}

	private static void collect(ResolvableType type, int depth, Set<Class<?>> stubTypes) {
		if (depth > MAX_DEPTH) {
			return;
		}
		if (type.resolve() == ClientStub.class) {
			Class<?> stubType = type.getGeneric(0).resolve();
			if (stubType != null) {
				stubTypes.add(stubType);
			}
			return;
		}
		for (ResolvableType generic : type.getGenerics()) {
			collect(generic, depth + 1, stubTypes);
		}
	}

	private static void register(ReflectionHints hints, Class<?> stubType) {
		hints.registerType(stubType, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
		Class<?> generated = stubType.getEnclosingClass();
		if (generated == null) {
			return;
		}
		hints.registerType(generated, MemberCategory.INVOKE_PUBLIC_METHODS);
		ServiceDescriptor service = serviceOf(generated);
		if (service != null) {
			for (MethodDescriptor<?, ?> method : service.getMethods()) {
				register(hints, method.getRequestMarshaller());
				register(hints, method.getResponseMarshaller());
			}
		}
	}

	private static void register(ReflectionHints hints, MethodDescriptor.Marshaller<?> marshaller) {
		if (marshaller instanceof MethodDescriptor.ReflectableMarshaller<?> reflectable) {
			Class<?> message = reflectable.getMessageClass();
			hints.registerType(message, MemberCategory.INVOKE_PUBLIC_METHODS);
			hints.registerTypeIfPresent(message.getClassLoader(), message.getName() + "$Builder",
					MemberCategory.INVOKE_PUBLIC_METHODS);
		}
	}

	private static @Nullable ServiceDescriptor serviceOf(Class<?> generated) {
		Method method = ReflectionUtils.findMethod(generated, "getServiceDescriptor");
		return (method != null && method.getReturnType() == ServiceDescriptor.class)
				? (ServiceDescriptor) ReflectionUtils.invokeMethod(method, null) : null;
	}

}
