package io.brpc.interop;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

import io.brpc.CallLimits;
import io.brpc.testing.RelayRules;
import io.brpc.testing.UdpRelay;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The server's end of a gRPC stream against an HTTP/2 conformance suite, beside grpc-java
 * itself over TCP. gRPC is not a web server, so there are cases that fail for both.
 */
class H2specTests {

	private static final Logger logger = LoggerFactory.getLogger(H2specTests.class);

	private static final int CASES = 140;

	/**
	 * Some cases send two frames, and what becomes of the second depends on whether gRPC
	 * has answered the first; others are a matter of a second. So a case has this many
	 * chances.
	 */
	private static final int CHANCES = 3;

	@Test
	void failsNowhereButWhereGrpcItselfFails() throws Exception {
		H2spec h2spec = H2spec.unpack();
		H2spec.Report grpc = runGrpc(h2spec);
		log("grpc-java over TCP", grpc);
		try (CallingBackServer server = new CallingBackServer();
				UdpRelay relay = UdpRelay.to(server.server().getPort())
					.rules(RelayRules.NONE.withDelay(Duration.ofMillis(2), Duration.ZERO));
				QuicGateway gateway = new QuicGateway(relay.port())) {
			H2spec.Report brpc = h2spec.run("brpc", gateway.port());
			log("brpc over QUIC", brpc);
			assertThat(brpc.passed().size() + brpc.failed().size()).isGreaterThanOrEqualTo(CASES);
			Set<String> excess = new TreeSet<>(brpc.failed());
			excess.removeAll(grpc.failed());
			for (int i = 1; i < CHANCES && !excess.isEmpty(); i++) {
				H2spec.Report again = h2spec.run("brpc-" + i, gateway.port(), sections(excess));
				log("brpc over QUIC again", again);
				excess.removeAll(again.passed());
			}
			assertThat(excess).isEmpty();
		}
	}

	private static String[] sections(Set<String> cases) {
		return cases.stream().map((name) -> name.substring(0, name.indexOf(':'))).distinct().toArray(String[]::new);
	}

	private static void log(String server, H2spec.Report report) {
		logger.info("{}: {} passed, {} failed: {}", server, report.passed().size(), report.failed().size(),
				report.failed());
	}

	/**
	 * gRPC has no limit of concurrent calls, and then a case that tries to exceed it
	 * never ends. So it gets ours.
	 */
	private static H2spec.Report runGrpc(H2spec h2spec) throws Exception {
		Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.maxConcurrentCallsPerConnection(CallLimits.defaults().maxConcurrentCalls())
			.addService(ExerciseService.named("grpc"))
			.build()
			.start();
		try {
			return h2spec.run("grpc", server.getPort());
		}
		finally {
			server.shutdownNow().awaitTermination();
		}
	}

}
