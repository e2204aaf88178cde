package io.brpc.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.brpc.ConnectionId;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.FaultReport;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Feed;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that read slowly beside others that do not: the others get everything
 * meanwhile, and what the slow ones have not read is not kept for them beyond their
 * windows.
 */
@ExtendWith(Leaks.class)
@OnEachWire
class SlowReadersTests {

	private static final int CLIENTS = FaultSize.of(10, 50);

	private static final int SLOW = FaultSize.of(3, 10);

	private static final int PIECE = 64 << 10;

	private static final int PIECES = 28;

	/**
	 * What gRPC takes for a call that nobody reads, bytes: HTTP/2's window of 1 MiB, and
	 * some messages around it.
	 */
	private static final int MAX_UNREAD = 3 << 19;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	private final Map<ConnectionId, Feed<Payload>> feeds = new ConcurrentHashMap<>();

	@Test
	void theOthersKeepGoing() {
		TestServer server = this.peers.server();
		server.serve(new ExerciseService() {
			@Override
			public void serverStream(Payload request, StreamObserver<Payload> responses) {
				Payload piece = Payloads.ofSize(PIECE);
				ConnectionId id = server.connections().current().orElseThrow().id();
				SlowReadersTests.this.feeds.put(id,
						Feed.into((ServerCallStreamObserver<Payload>) responses, PIECES, (number) -> piece));
			}
		});
		Bystander bystander = new Bystander(this.peers, server);
		this.report.fault("15 slow readers", SLOW + " of " + CLIENTS + " clients")
			.measured("p99 of a bystander before", bystander.timeOfNext());
		List<Reader> slow = new ArrayList<>();
		for (int i = 0; i < SLOW; i++) {
			slow.add(new Reader(this.peers.client(server), Recorder.stalled()));
		}
		slow.forEach((reader) -> reader.call.call().request(1));
		await().atMost(PATIENCE).until(() -> slow.stream().allMatch((reader) -> reader.call.messages().size() == 1));
		this.report.measured("beside slow readers", bystander.timeOfNext());
		List<Reader> fast = new ArrayList<>();
		for (int i = SLOW; i < CLIENTS; i++) {
			fast.add(new Reader(this.peers.client(server), Recorder.reading()));
		}
		for (Reader reader : fast) {
			assertThat(reader.call.awaitEnd()).isEqualTo(Status.OK);
			assertThat(reader.call.messages()).hasSize(PIECES);
		}
		for (Reader reader : slow) {
			assertThat(reader.call.messages()).hasSize(1);
			Feed<Payload> feed = this.feeds.get(reader.id);
			assertThat(feed.sent() * PIECE).as("bytes that the server sent to a slow reader").isLessThan(MAX_UNREAD);
			assertThat(feed.isReady()).isFalse();
			reader.call.call().request(PIECES);
		}
		for (Reader reader : slow) {
			assertThat(reader.call.awaitEnd()).isEqualTo(Status.OK);
			assertThat(reader.call.messages()).hasSize(PIECES);
		}
		bystander.verifyUnharmed();
	}

	/**
	 * A client with a stream that it reads at its own pace.
	 */
	private static final class Reader {

		private final Recorder call;

		private final ConnectionId id;

		Reader(TestClient client, Recorder call) {
			this.call = call;
			this.id = client.awaitConnection().id();
			ExerciseGrpc.newStub(client.channel()).serverStream(Payload.getDefaultInstance(), call);
		}

	}

}
