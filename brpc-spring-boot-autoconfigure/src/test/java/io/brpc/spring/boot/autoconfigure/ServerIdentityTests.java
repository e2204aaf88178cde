package io.brpc.spring.boot.autoconfigure;

import java.util.concurrent.TimeUnit;

import io.brpc.ClientIdentity;
import io.brpc.ConnectionAuthenticator;
import io.brpc.ConnectionRefusedException;
import io.brpc.ConnectionRegistry;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.grpc.client.GrpcChannelFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Who may connect, as beans and properties say.
 */
class ServerIdentityTests {

	private final ApplicationContextRunner application = ContextRunners.server()
		.withBean(ExerciseService.class)
		.withPropertyValues("brpc.client.connection.one.address=localhost:${local.brpc.server.port}",
				"brpc.client.connection.one.ssl.bundle=client", "brpc.client.connection.one.auto-connect=false",
				"brpc.client.connection.two.address=localhost:${local.brpc.server.port}",
				"brpc.client.connection.two.ssl.bundle=client", "brpc.client.connection.two.auto-connect=false");

	@Test
	void anAuthenticatorBeanSaysWhoAClientIs() {
		this.application
			.withBean(ConnectionAuthenticator.class, () -> (request) -> ClientIdentity.named("ada").withGroups("poets"))
			.run((context) -> {
				assertThat(call(context, "one")).isEqualTo("hello");
				ConnectionRegistry connections = context.getBean(ConnectionRegistry.class);
				assertThat(connections.withPrincipal("ada")).hasSize(1);
				assertThat(connections.inGroup("poets")).hasSize(1);
				assertThat(call(context, "two")).isEqualTo("hello");
				assertThat(connections.withPrincipal("ada")).hasSize(2);
			});
	}

	@Test
	void anAuthenticatorBeanRefusesAClient() {
		this.application.withBean(ConnectionAuthenticator.class, () -> (request) -> {
			throw new ConnectionRefusedException("no badge, no entry");
		}).run((context) -> assertRefused(context, "one", "REFUSED (0xb008), no badge, no entry"));
	}

	@Test
	void aPropertyRejectsTheSecondConnectionOfAClient() {
		this.application.withBean(ConnectionAuthenticator.class, () -> (request) -> ClientIdentity.named("ada"))
			.withPropertyValues("brpc.server.duplicate-principal=reject")
			.run((context) -> {
				assertThat(call(context, "one")).isEqualTo("hello");
				assertRefused(context, "two", "REFUSED (0xb008), ada is connected already");
			});
	}

	@Test
	void aPropertyReplacesTheFirstConnectionOfAClient() {
		this.application.withBean(ConnectionAuthenticator.class, () -> (request) -> ClientIdentity.named("ada"))
			.withPropertyValues("brpc.server.duplicate-principal=replace")
			.run((context) -> {
				assertThat(call(context, "one")).isEqualTo("hello");
				assertThat(call(context, "two")).isEqualTo("hello");
				assertThat(context.getBean(ConnectionRegistry.class).withPrincipal("ada")).hasSize(1);
			});
	}

	private static void assertRefused(ApplicationContext context, String connection, String words) {
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> call(context, connection))
			.satisfies((ex) -> assertThat(ex.getStatus().getDescription()).endsWith(words));
	}

	private static String call(ApplicationContext context, String connection) {
		return ExerciseGrpc
			.newBlockingStub(context.getBean(GrpcChannelFactory.class).createChannel("brpc:" + connection))
			.withDeadlineAfter(20, TimeUnit.SECONDS)
			.unary(Payload.newBuilder().setText("hello").build())
			.getText();
	}

}
