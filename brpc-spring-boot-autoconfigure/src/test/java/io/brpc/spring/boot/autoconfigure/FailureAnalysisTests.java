package io.brpc.spring.boot.autoconfigure;

import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;

import io.brpc.ClientStub;
import io.brpc.QuicUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a user reads who gets something wrong, out of all analyzers that an application
 * has.
 */
class FailureAnalysisTests {

	@Test
	void aServerWithoutABundleIsToldHowToGetOne() {
		FailureAnalysis analysis = analyze(ContextRunners.empty().withPropertyValues("brpc.server.enabled=true"));
		assertThat(analysis.getDescription()).contains("'brpc.server.ssl.bundle' is not set");
		assertThat(analysis.getAction()).contains("spring.ssl.bundle.pem.server");
	}

	@Test
	void anUnknownBundleOfTheServerIsNamed() {
		FailureAnalysis analysis = analyze(
				ContextRunners.server().withPropertyValues("brpc.server.ssl.bundle=nothing"));
		assertThat(analysis.getDescription()).contains("'brpc.server.ssl.bundle'").contains("'nothing'");
		assertThat(analysis.getAction()).contains("spring.ssl.bundle.pem.nothing");
	}

	@Test
	void anUnknownBundleOfAClientIsNamed() {
		FailureAnalysis analysis = analyze(
				ContextRunners.client().withPropertyValues("brpc.client.connection.default.ssl.bundle=nothing"));
		assertThat(analysis.getDescription()).contains("'brpc.client.connection.default.ssl.bundle'")
			.contains("'nothing'");
	}

	@Test
	void aServersBundleWithoutAKeyIsNamed() {
		FailureAnalysis analysis = analyze(ContextRunners.server().withPropertyValues("brpc.server.ssl.bundle=trust"));
		assertThat(analysis.getDescription()).contains("'trust'").contains("no certificate with a private key");
		assertThat(analysis.getAction()).contains("spring.ssl.bundle.pem.trust.keystore");
	}

	@Test
	void aUdpPortThatIsTakenIsNamed() throws Exception {
		try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress(0))) {
			FailureAnalysis analysis = analyze(
					ContextRunners.server().withPropertyValues("brpc.server.port=" + taken.getLocalPort()));
			assertThat(analysis.getDescription()).contains("UDP port " + taken.getLocalPort()).contains("in use");
			assertThat(analysis.getAction()).contains("brpc.server.port");
		}
	}

	@Test
	void aMissingNativeLibraryIsNamedWithItsArtifact() {
		QuicUnavailableException failure = new QuicUnavailableException("io.netty:netty-codec-native-quic:linux-x86_64",
				new UnsatisfiedLinkError("none"));
		FailureAnalysis analysis = analyze(ContextRunners.empty().withInitializer((context) -> register(context, () -> {
			throw failure;
		})));
		assertThat(analysis.getDescription()).contains("QUIC is not available on this platform");
		assertThat(analysis.getAction()).contains("io.netty:netty-codec-native-quic:linux-x86_64")
			.contains("netty.version");
	}

	@Test
	void aStubTypeThatNobodyMakesIsNamedWithItsPlace() {
		FailureAnalysis analysis = analyze(ContextRunners.server().withBean(WithUnusableStub.class));
		assertThat(analysis.getDescription()).contains("ClientStub<java.lang.String>")
			.contains(WithUnusableStub.class.getSimpleName());
		assertThat(analysis.getAction()).contains("NamerBlockingStub").contains("StubFactory");
	}

	@Test
	void aStubTypeThatIsNotKnownIsNamedWithItsPlace() {
		FailureAnalysis analysis = analyze(ContextRunners.server().withBean(WithUnknownStub.class));
		assertThat(analysis.getDescription()).contains("type of the stub is not known")
			.contains(WithUnknownStub.class.getSimpleName());
	}

	@ParameterizedTest
	@CsvSource({ "brpc.server.port, 65536", "brpc.server.port, -1", "brpc.server.port, many",
			"brpc.server.shutdown.grace-period, -1s", "brpc.server.inbound.message.max-size, 0",
			"brpc.server.inbound.message.max-size, 3GB", "brpc.server.inbound.metadata.max-size, -1",
			"brpc.server.quic.max-idle-timeout, 0", "brpc.server.quic.initial-max-data, 2GB",
			"brpc.server.quic.initial-max-stream-data, 17MB", "brpc.server.quic.congestion-control, luck",
			"brpc.server.quic.max-datagram-size, 1199B", "brpc.server.quic.max-datagram-size, 9KB",
			"brpc.server.ssl.client-auth, perhaps", "brpc.server.max-connections, 0",
			"brpc.server.max-connections-per-address, -1", "brpc.server.max-handshakes, 0",
			"brpc.server.max-unverified-handshakes, -1", "brpc.server.callback.default-deadline, 0",
			"brpc.server.callback.max-concurrent-per-connection, 0", "brpc.server.callback.max-depth, 0",
			"brpc.server.inbound.max-concurrent-calls, 0", "brpc.server.inbound.max-resets-per-second, -1",
			"brpc.server.inbound.max-lanes, 0", "brpc.server.inbound.max-lanes, 65",
			"brpc.server.inbound.call-window, 0", "brpc.server.inbound.call-window, 2GB",
			"brpc.server.inbound.max-untaken-size, 511KB", "brpc.server.outbound.max-queued-size, 0",
			"brpc.server.drain-timeout, 0", "brpc.server.wires, ''", "brpc.server.wires, 'brpc/1,brpc/1'",
			"brpc.server.wires, brpc/3", "brpc.server.wires, http", "brpc.server.busy-wait, -1us",
			"brpc.server.busy-wait, 1001us", "brpc.server.busy-wait, 50" })
	void aBadPropertyOfTheServerIsNamed(String name, String value) {
		assertNamed(analyze(ContextRunners.server().withPropertyValues(name + "=" + value)), name);
	}

	@ParameterizedTest
	@CsvSource({ "address, localhost", "address, localhost:0", "address, localhost:65536", "address, ' '",
			"connect-timeout, 0", "reconnect.initial-backoff, 0", "reconnect.max-backoff, 10ms",
			"inbound.message.max-size, 0", "inbound.metadata.max-size, 3GB", "quic.max-idle-timeout, -1s",
			"quic.keep-alive-interval, 5s", "quic.keep-alive-interval, 30s", "quic.initial-max-data, 0",
			"quic.initial-max-stream-data, 1GB", "quic.max-datagram-size, 1KB", "quic.max-datagram-size, 8973B",
			"inbound.max-concurrent-calls, 0", "inbound.max-resets-per-second, 0", "inbound.max-depth, 0",
			"inbound.max-lanes, 0", "inbound.max-lanes, 65", "inbound.call-window, 0", "inbound.call-window, 2GB",
			"inbound.max-untaken-size, 511KB", "outbound.max-queued-size, 0", "drain-timeout, -1s", "wires, ''",
			"wires, 'brpc/1,brpc/1'", "wires, brpc/3", "wires, http", "busy-wait, -1us", "busy-wait, 2ms" })
	void aBadPropertyOfAClientIsNamed(String name, String value) {
		String property = "brpc.client.connection.default." + name;
		assertNamed(analyze(ContextRunners.client().withPropertyValues(property + "=" + value)), property);
	}

	private static void assertNamed(FailureAnalysis analysis, String property) {
		assertThat(analysis.getDescription()).contains(property);
	}

	private static FailureAnalysis analyze(ApplicationContextRunner runner) {
		FailureAnalysis[] analysis = new FailureAnalysis[1];
		runner.run((context) -> {
			assertThat(context).hasFailed();
			analysis[0] = analyze(Objects.requireNonNull(context.getStartupFailure()));
		});
		return analysis[0];
	}

	/**
	 * Does what Spring Boot does when a start fails: the first analyzer that understands
	 * the failure explains it.
	 */
	private static FailureAnalysis analyze(Throwable failure) {
		GenericApplicationContext context = new GenericApplicationContext();
		List<FailureAnalyzer> analyzers = SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class,
					ArgumentResolver.of(BeanFactory.class, context.getBeanFactory())
						.and(Environment.class, context.getEnvironment()),
					FailureHandler.handleMessage((message, failedToLoad) -> {
					}));
		for (FailureAnalyzer analyzer : analyzers) {
			FailureAnalysis analysis = analyzer.analyze(failure);
			if (analysis != null) {
				return analysis;
			}
		}
		throw new AssertionError("nobody explains it", failure);
	}

	private static void register(ConfigurableApplicationContext context, Runnable failure) {
		((GenericApplicationContext) context).registerBean(Object.class, () -> {
			failure.run();
			return new Object();
		});
	}

	static class WithUnusableStub {

		WithUnusableStub(ClientStub<String> stub) {
			stub.get();
		}

	}

	static class WithUnknownStub {

		WithUnknownStub(ClientStub<?> stub) {
			stub.get();
		}

	}

}
