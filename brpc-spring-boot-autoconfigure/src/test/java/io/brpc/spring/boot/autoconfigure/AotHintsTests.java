package io.brpc.spring.boot.autoconfigure;

import io.brpc.ClientStub;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseFutureStub;
import io.brpc.testing.proto.GreetRequest;
import io.brpc.testing.proto.GreeterGrpc;
import io.brpc.testing.proto.GreeterGrpc.GreeterStub;
import io.brpc.testing.proto.NameResponse;
import io.brpc.testing.proto.NamerGrpc;
import io.brpc.testing.proto.NamerGrpc.NamerBlockingStub;
import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

class AotHintsTests {

	@Test
	void theGeneratedCodeOfInjectedStubsIsReachable() {
		RuntimeHints hints = process(Handler.class);
		for (Class<?> generated : new Class<?>[] { NamerGrpc.class, ExerciseGrpc.class, GreeterGrpc.class }) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(generated)
				.withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS)).accepts(hints);
		}
		assertThat(RuntimeHintsPredicates.reflection().onType(NameResponse.Builder.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(GreetRequest.class)).accepts(hints);
	}

	@Test
	void anApplicationWithoutStubsNeedsNothing() {
		RuntimeHints hints = process(NamerService.class);
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(NamerGrpc.class)
			.withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS)).rejects(hints);
	}

	@Test
	void theNativeLibrariesOfEveryPlatformAreKept() {
		RuntimeHints hints = new RuntimeHints();
		SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
			.load(RuntimeHintsRegistrar.class)
			.stream()
			.filter(NativeLibraryHints.class::isInstance)
			.forEach((registrar) -> registrar.registerHints(hints, getClass().getClassLoader()));
		for (String library : new String[] { "libnetty_quiche42_linux_x86_64.so",
				"libnetty_quiche42_osx_aarch_64.jnilib", "netty_quiche42_windows_x86_64.dll",
				"libnetty_transport_native_epoll_aarch_64.so" }) {
			assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/native/" + library)).accepts(hints);
		}
	}

	private static RuntimeHints process(Class<?> bean) {
		GenericApplicationContext context = new GenericApplicationContext();
		context.registerBeanDefinition("bean", new RootBeanDefinition(bean));
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("io.brpc", "Test")), new InMemoryGeneratedFiles());
		new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		return generation.getRuntimeHints();
	}

	/**
	 * Has injection points of every kind.
	 */
	static class Handler {

		@Autowired
		ClientStub<ExerciseFutureStub> field;

		Handler(ObjectProvider<ClientStub<NamerBlockingStub>> constructor) {
		}

		@Autowired
		void method(ClientStub<GreeterStub> parameter) {
		}

	}

}
