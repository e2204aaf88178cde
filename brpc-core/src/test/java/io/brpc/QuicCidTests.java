package io.brpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.brpc.testing.Leaks;
import io.brpc.testing.Peers;
import io.brpc.testing.RawServer;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.TestWires;
import io.netty.handler.codec.quic.QuicChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How many QUIC CIDs an end lets its peer make. How many rebindings a connection survives
 * by those that the server keeps is in {@code RebindTests}.
 */
@ExtendWith(Leaks.class)
class QuicCidTests {

	/**
	 * Of the parameters that the peer has sent, as quiche logs them. (Netty's
	 * {@code peerTransportParameters()} has another one in its place.)
	 */
	private static final Pattern LIMIT = Pattern
		.compile("parameters_set.*\"initiator\":\"remote\".*\"active_connection_id_limit\":(\\d+)");

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@RegisterExtension
	final Peers peers = new Peers();

	@TempDir
	Path directory;

	/**
	 * RFC 9000, section 18.2: an active_connection_id_limit of 2. Netty's server would
	 * try with every packet, and in vain, to make as many as the client takes.
	 */
	@Test
	void aClientTakesOneBesidesTheFirst() throws Exception {
		CompletableFuture<QuicChannel> connected = new CompletableFuture<>();
		try (RawServer server = new RawServer(TestCertificates.shared(), TestWires.wire(), this.directory,
				connected::complete, (stream) -> {
				})) {
			this.peers.dialing("localhost:" + server.port(), (builder) -> {
			});
			connected.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		}
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(limits()).isNotEmpty().allMatch("2"::equals));
	}

	private List<String> limits() throws IOException {
		try (Stream<Path> logs = Files.list(this.directory)) {
			return logs.flatMap(QuicCidTests::linesOf)
				.map(LIMIT::matcher)
				.filter(Matcher::find)
				.map((limit) -> limit.group(1))
				.toList();
		}
	}

	private static Stream<String> linesOf(Path log) {
		try {
			return Files.readAllLines(log).stream();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

}
