package io.brpc.faults;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.AdmissionLimits;
import io.brpc.CloseReason;
import io.brpc.ConnectionListener;
import io.brpc.testing.CallKind;
import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Leaks;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.RawDatagrams;
import io.brpc.testing.RawDatagrams.Retry;
import io.brpc.testing.SealedInitial;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.TestWires;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Packets of clients that never become clients: without a token that the server gave to
 * their address there is nothing but a Retry to be had, and with one there are only so
 * many handshakes. Whoever is connected does not notice.
 */
@ExtendWith(Leaks.class)
class InitialFloodTests {

	private static final int FLOOD = 10_000;

	private static final int SOURCES = 20;

	private static final int TRIES = FaultSize.of(50, 2_000);

	private static final int MAX_HANDSHAKES = 20;

	private static final Duration SETUP_TIMEOUT = Duration.ofSeconds(2);

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final long SEED = 7;

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	private final AtomicInteger failedHandshakes = new AtomicInteger();

	private TestServer server;

	private Bystander bystander;

	@BeforeEach
	void connectABystander(TestInfo test) {
		this.server = this.peers
			.server((builder) -> builder.admissionLimits(new AdmissionLimits(1000, 1000, MAX_HANDSHAKES, 0))
				.transportSettings(TestWires.settings().withSetupTimeout(SETUP_TIMEOUT))
				.addConnectionListener(new ConnectionListener() {
					@Override
					public void failed(InetSocketAddress peer, CloseReason reason) {
						InitialFloodTests.this.failedHandshakes.incrementAndGet();
					}
				}));
		this.bystander = new Bystander(this.peers, this.server);
		this.report.fault("18, 22 " + test.getTestMethod().orElseThrow().getName() + " " + test.getDisplayName(), "")
			.measured("p99 of a bystander before", this.bystander.timeOfNext());
	}

	@AfterEach
	void nobodyElseNoticed() {
		this.report.measured("meanwhile", this.bystander.time());
		this.bystander.verifyUnharmed();
		assertThat(this.server.connections().all()).hasSize(1);
	}

	@Test
	void aFloodOfInitialsGetsRetryPacketsAndNothingElse() throws Exception {
		long sent = 0;
		long received = 0;
		List<byte[]> answers = new ArrayList<>();
		for (int source = 0; source < SOURCES; source++) {
			try (RawDatagrams attacker = attacker(source)) {
				for (int i = 0; i < FLOOD / SOURCES; i++) {
					attacker.sendInitial(SealedInitial.FULL_SIZE);
				}
				answers.addAll(attacker.answers());
				sent += attacker.bytesSent();
				received += attacker.bytesReceived();
			}
		}
		assertThat(answers).isNotEmpty().allMatch(Retry::isRetry);
		assertThat((double) received / sent).as("bytes out / bytes in").isLessThan(0.2);
		assertThat(handshakesThatFailed()).isZero();
		aNewClientGetsIn();
	}

	@Test
	void handshakesThatAreNeverFinishedAreBoundedAndEnd() throws Exception {
		int begun = 0;
		try (RawDatagrams attacker = attacker(1)) {
			for (int i = 0; i < 5 * MAX_HANDSHAKES; i++) {
				attacker.send(attacker.retry().answer(SealedInitial.FULL_SIZE));
				begun += hasBegun(attacker.answers()) ? 1 : 0;
			}
		}
		assertThat(begun).isPositive();
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(handshakesThatFailed()).isPositive());
		aNewClientGetsIn();
		int most = begun;
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(handshakesThatFailed()).isEqualTo(most));
	}

	/**
	 * An attacker that is faster than the set-up's limit gets as many handshakes as there
	 * are places, and no more.
	 */
	@Test
	void noMoreHandshakesThanPlacesBeginAtOnce() throws Exception {
		int begun = 0;
		try (RawDatagrams attacker = attacker(2)) {
			List<Retry> retries = new ArrayList<>();
			for (int i = 0; i < 3 * MAX_HANDSHAKES; i++) {
				retries.add(attacker.retry());
			}
			for (Retry retry : retries) {
				attacker.send(retry.answer(SealedInitial.FULL_SIZE));
			}
			begun = (int) attacker.answers().stream().filter((answer) -> !Retry.isRetry(answer)).count();
		}
		assertThat(begun).isBetween(1, 2 * MAX_HANDSHAKES);
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(handshakesThatFailed()).isBetween(1, MAX_HANDSHAKES));
	}

	@Test
	void forgedTokensGetNoAnswer() throws Exception {
		try (RawDatagrams attacker = attacker(3)) {
			Retry retry = attacker.retry();
			for (int i = 0; i < TRIES; i++) {
				byte[] forged = retry.token().toByteArray();
				forged[i % forged.length] ^= (byte) (1 + i / forged.length);
				attacker.send(retry.answer(forged, SealedInitial.FULL_SIZE));
				attacker.send(retry.answer(attacker.newCid(), SealedInitial.FULL_SIZE));
			}
			assertNoAnswer(attacker);
			assertThatTheRightTokenIsTaken(attacker, retry);
		}
	}

	@Test
	void tokensOfAnotherAddressGetNoAnswer() throws Exception {
		try (RawDatagrams owner = attacker(4); RawDatagrams thief = attacker(5)) {
			Retry retry = owner.retry();
			for (int i = 0; i < TRIES; i++) {
				thief.send(retry.answer(SealedInitial.FULL_SIZE));
			}
			assertNoAnswer(thief);
			assertThatTheRightTokenIsTaken(owner, retry);
		}
	}

	/**
	 * The clock that {@code AddressTokensTests} turns is the real one here.
	 */
	@Test
	@EnabledIfSystemProperty(named = "brpc.stress", matches = "true")
	void tokensThatHaveExpiredGetNoAnswer() throws Exception {
		try (RawDatagrams attacker = attacker(6)) {
			Retry retry = attacker.retry();
			await().pollDelay(Duration.ofSeconds(16)).atMost(PATIENCE).until(() -> true);
			attacker.send(retry.answer(SealedInitial.FULL_SIZE));
			assertNoAnswer(attacker);
			assertThatTheRightTokenIsTaken(attacker, attacker.retry());
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 150, 600, SealedInitial.FULL_SIZE - 1 })
	void initialsInSmallDatagramsGetNoAnswer(int size) throws Exception {
		try (RawDatagrams attacker = attacker(size)) {
			Retry retry = attacker.retry();
			long before = attacker.bytesSent();
			for (int i = 0; i < TRIES; i++) {
				attacker.sendInitial(size);
				attacker.send(retry.answer(size));
			}
			assertNoAnswer(attacker);
			assertThat((double) attacker.bytesReceived() / (attacker.bytesSent() - before)).as("bytes out / bytes in")
				.isLessThanOrEqualTo(0.1);
			assertThatTheRightTokenIsTaken(attacker, retry);
		}
	}

	private void assertNoAnswer(RawDatagrams attacker) throws Exception {
		assertThat(attacker.answers()).isEmpty();
		assertThat(handshakesThatFailed()).isZero();
	}

	/**
	 * To show that what was wrong with the packets before was what the test says.
	 */
	private void assertThatTheRightTokenIsTaken(RawDatagrams attacker, Retry retry) throws Exception {
		attacker.send(retry.answer(SealedInitial.FULL_SIZE));
		assertThat(hasBegun(attacker.answers())).isTrue();
	}

	private void aNewClientGetsIn() throws InterruptedException {
		try (TestClient client = this.peers.client(this.server)) {
			assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("in"))).isEqualTo(Payloads.text("in"));
		}
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(this.server.connections().all()).hasSize(1));
	}

	private static boolean hasBegun(List<byte[]> answers) {
		return answers.stream().anyMatch((answer) -> !Retry.isRetry(answer));
	}

	/**
	 * This server's only: that of the test before may still be ending some.
	 */
	private int handshakesThatFailed() {
		return this.failedHandshakes.get();
	}

	private RawDatagrams attacker(long seed) throws Exception {
		return new RawDatagrams(this.server.port(), SEED + seed);
	}

}
