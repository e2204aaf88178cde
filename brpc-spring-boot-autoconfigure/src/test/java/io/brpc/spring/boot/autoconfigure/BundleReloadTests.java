package io.brpc.spring.boot.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

import io.brpc.BrpcConnection;
import io.brpc.CloseCode;
import io.brpc.ConnectionRegistry;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * SSL bundles are reloaded in a running application: new connections use what is new, and
 * those that are there live on.
 */
class BundleReloadTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final TestCertificates older = TestCertificates.shared();

	private final TestCertificates newer = new TestCertificates();

	@TempDir
	private Path directory;

	@BeforeEach
	void writeFiles() throws IOException {
		write(this.older);
	}

	@Test
	void filesThatChangeAreUsedByNewConnectionsAndOldOnesLive() {
		application().run((context) -> {
			BrpcClient client = context.getBean(BrpcClient.class);
			assertThat(ask(client.channel())).isEqualTo("hello");
			BrpcConnection before = client.connection().orElseThrow();
			write(this.newer);
			await().atMost(PATIENCE).until(() -> isTrusted(context, this.newer));
			assertThat(isTrusted(context, this.older)).isFalse();
			assertThat(ask(client.channel())).isEqualTo("hello");
			assertThat(client.connection()).map(BrpcConnection::id).contains(before.id());
			context.getBean(ConnectionRegistry.class)
				.find(before.id())
				.orElseThrow()
				.close(CloseCode.NO_ERROR, "the client is to come back");
			await().atMost(PATIENCE)
				.ignoreException(StatusRuntimeException.class)
				.until(() -> ask(client.channel()), "hello"::equals);
		});
	}

	@Test
	void aBundleThatIsOfNoUseChangesNothing() {
		application().run((context) -> {
			context.getBean(DefaultSslBundleRegistry.class).updateBundle("reloaded", SslBundle.of(null));
			assertThat(isTrusted(context, this.older)).isTrue();
		});
	}

	private ApplicationContextRunner application() {
		String bundle = "spring.ssl.bundle.pem.reloaded.";
		return ContextRunners.empty()
			.withBean(ExerciseService.class)
			.withPropertyValues("brpc.server.enabled=true", "brpc.server.port=0", "brpc.server.ssl.bundle=reloaded",
					"brpc.client.connection.default.address=localhost:${local.brpc.server.port}",
					"brpc.client.connection.default.ssl.bundle=reloaded",
					"brpc.client.connection.default.reconnect.initial-backoff=100ms", bundle + "reload-on-update=true",
					bundle + "keystore.certificate=" + file("server.crt"),
					bundle + "keystore.private-key=" + file("server.key"),
					bundle + "truststore.certificate=" + file("authority.crt"),
					"spring.ssl.bundle.watch.file.quiet-period=200ms");
	}

	private static boolean isTrusted(ApplicationContext context, TestCertificates authority) {
		String target = "localhost:" + context.getEnvironment().getRequiredProperty("local.brpc.server.port");
		try (BrpcClient client = BrpcClientBuilder.forTarget(target, authority.clientCredentials()).build()) {
			StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class,
					() -> ask(client.channel()));
			if (failure != null) {
				assertThat(failure.getStatus().getDescription()).contains("unable to find valid certification path");
			}
			return failure == null;
		}
	}

	private static String ask(Channel channel) {
		return ExerciseGrpc.newBlockingStub(channel)
			.withDeadlineAfter(PATIENCE)
			.unary(Payload.newBuilder().setText("hello").build())
			.getText();
	}

	private void write(TestCertificates certificates) throws IOException {
		X509Bundle server = certificates.server();
		replace("authority.crt", certificates.authority().getCertificatePEM());
		replace("server.key", server.getPrivateKeyPEM());
		replace("server.crt", server.getCertificatePathPEM());
	}

	private void replace(String name, String content) throws IOException {
		Path written = Files.writeString(this.directory.resolve(name + ".new"), content);
		Files.move(written, file(name), StandardCopyOption.REPLACE_EXISTING);
	}

	private Path file(String name) {
		return this.directory.resolve(name);
	}

}
