package io.brpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.brpc.CloseReason.Origin;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.client.ReconnectSettings;
import io.brpc.testing.CallKind;
import io.brpc.testing.ConnectionLog.Entry;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.HangingService;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.brpc.CallContract.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The same client connects twice.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class DuplicatePrincipalTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Duration HOUR = Duration.ofHours(1);

	private static final int CROWD = 50;

	@RegisterExtension
	final Peers peers = new Peers();

	private final AtomicInteger asked = new AtomicInteger();

	@Test
	void bothStayIfNobodySaysOtherwise() {
		TestServer server = this.peers.server((builder) -> builder.authenticator(this::twin));
		TestClient first = this.peers.client(server);
		TestClient second = this.peers.client(server);
		assertThat(server.connections().withPrincipal("twin")).hasSize(2);
		assertThat(ask(first)).isEqualTo("hello");
		assertThat(ask(second)).isEqualTo("hello");
	}

	@Test
	void whoComesSecondIsRejectedUntilTheFirstHasGone() throws Exception {
		TestServer server = server(DuplicatePrincipal.REJECT);
		TestClient first = this.peers.client(server);
		TestClient second = dialing(server, new ReconnectSettings(true, Duration.ofMillis(20), Duration.ofMillis(100)));
		assertThat(failure(second)).endsWith("closed by the peer: REFUSED (0xb008), twin is connected already");
		assertThat(ask(first)).isEqualTo("hello");
		assertThat(server.connections().withPrincipal("twin")).hasSize(1);
		first.close();
		await().atMost(PATIENCE).until(() -> second.client().connection().isPresent());
		assertThat(ask(second)).isEqualTo("hello");
	}

	@Test
	void ofManyThatComeAtOnceOneIsAccepted() {
		TestServer server = server(DuplicatePrincipal.REJECT);
		List<TestClient> crowd = crowd(server);
		List<String> outcomes = crowd.stream().map(DuplicatePrincipalTests::outcome).toList();
		assertThat(outcomes).filteredOn("hello"::equals).hasSize(1);
		assertThat(outcomes).filteredOn((outcome) -> outcome.endsWith("twin is connected already")).hasSize(CROWD - 1);
		assertThat(server.log().connectCount()).isEqualTo(1);
		assertThat(server.connections().withPrincipal("twin")).hasSize(1);
	}

	@Test
	void whoComesSecondReplacesTheFirstWhichIsToldSo() throws Exception {
		TestServer server = server(DuplicatePrincipal.REPLACE);
		HangingService hanging = new HangingService();
		server.serve(hanging);
		TestClient first = client(server);
		BrpcConnection old = server.awaitConnection(first.awaitConnection().id());
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(first.channel()).unary(Payloads.text("hang"), call);
		hanging.awaitStart();
		TestClient second = client(server);
		BrpcConnection current = server.awaitConnection(second.awaitConnection().id());
		Status status = call.awaitEnd();
		assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(status.getDescription())
			.endsWith("closed by the peer: REPLACED (0xb009), this client has connected again");
		assertThat(server.connections().withPrincipal("twin")).containsExactly(current);
		assertThat(old.closeReason()).map(CloseReason::code).contains(CloseCode.REPLACED);
		await().atMost(PATIENCE).until(() -> server.log().entries().size() == 3);
		assertThat(server.log().entries()).extracting(Entry::id).containsExactly(old.id(), old.id(), current.id());
	}

	@Test
	void whoWasReplacedDoesNotDialNotEvenForACall() {
		TestServer server = server(DuplicatePrincipal.REPLACE);
		TestClient first = client(server);
		TestClient second = client(server);
		assertThat(first.log().awaitReasons(1)).singleElement().satisfies((reason) -> {
			assertThat(reason.code()).isEqualTo(CloseCode.REPLACED);
			assertThat(reason.origin()).isEqualTo(Origin.REMOTE);
		});
		for (int i = 0; i < 20; i++) {
			assertThat(failure(first)).containsAnyOf("REPLACED (0xb009)", "this one waits before it dials again");
		}
		assertThat(failure(first)).endsWith("this one waits before it dials again");
		assertThat(ask(second)).isEqualTo("hello");
		assertThat(this.asked).hasValue(2);
	}

	@Test
	void whoWasReplacedComesBackAfterAWhile() throws Exception {
		TestServer server = server(DuplicatePrincipal.REPLACE);
		TestClient first = dialing(server, new ReconnectSettings(true, Duration.ofMillis(20), Duration.ofMillis(200)));
		BrpcConnection old = first.awaitConnection();
		TestClient second = dialing(server, new ReconnectSettings(false, HOUR, HOUR));
		assertThat(first.log().awaitReasons(1)).extracting(CloseReason::code).containsExactly(CloseCode.REPLACED);
		second.close();
		await().atMost(PATIENCE)
			.until(first.client()::connection, (found) -> found.isPresent() && !found.get().id().equals(old.id()));
		assertThat(ask(first)).isEqualTo("hello");
	}

	@Test
	void ofManyThatReplaceEachOtherTheLastStays() {
		TestServer server = server(DuplicatePrincipal.REPLACE);
		crowd(server);
		await().atMost(PATIENCE).until(() -> server.log().entries().size() == 2 * CROWD - 1);
		assertThat(this.asked).hasValue(CROWD);
		List<Entry> entries = server.log().entries();
		for (int i = 0; i < CROWD - 1; i++) {
			Entry came = entries.get(2 * i);
			Entry went = entries.get(2 * i + 1);
			assertThat(came.reason()).isNull();
			assertThat(went.id()).isEqualTo(came.id());
			assertThat(Optional.ofNullable(went.reason())).map(CloseReason::code).contains(CloseCode.REPLACED);
		}
		assertThat(server.connections().all()).extracting(BrpcConnection::id)
			.containsExactly(entries.get(2 * CROWD - 2).id());
		assertThat(server.connections().withPrincipal("twin")).hasSize(1);
	}

	private ClientIdentity twin(ConnectionRequest request) {
		this.asked.incrementAndGet();
		return ClientIdentity.named("twin");
	}

	private TestServer server(DuplicatePrincipal duplicates) {
		return this.peers.server((builder) -> builder.authenticator(this::twin).duplicatePrincipal(duplicates));
	}

	/**
	 * Connects a client that, once replaced, does not come back while the test runs.
	 */
	private TestClient client(TestServer server) {
		TestClient client = dialing(server, new ReconnectSettings(false, HOUR, HOUR));
		server.awaitConnection(client.awaitConnection().id());
		return client;
	}

	private List<TestClient> crowd(TestServer server) {
		List<TestClient> crowd = new ArrayList<>();
		for (int i = 0; i < CROWD; i++) {
			crowd.add(dialing(server, new ReconnectSettings(false, HOUR, HOUR)));
		}
		return crowd;
	}

	private TestClient dialing(TestServer server, ReconnectSettings reconnect) {
		Consumer<BrpcClientBuilder> settings = (builder) -> builder.reconnect(reconnect)
			.addService(new ExerciseService());
		return this.peers.dialing("localhost:" + server.port(), settings);
	}

	private static String outcome(TestClient client) {
		try {
			return ask(client);
		}
		catch (StatusRuntimeException ex) {
			return String.valueOf(ex.getStatus().getDescription());
		}
	}

	private static String ask(TestClient client) {
		return CallKind.UNARY.ask(client.channel(), Payloads.text("hello")).getText();
	}

	private static String failure(TestClient client) {
		StatusRuntimeException failure = failureOf(() -> ask(client));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		return String.valueOf(failure.getStatus().getDescription());
	}

}
