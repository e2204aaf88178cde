package io.brpc.faults;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.brpc.BrpcConnection;
import io.brpc.CloseCode;
import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.FaultReport;
import io.brpc.testing.Leaks;
import io.brpc.testing.Ledger;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A connection that is lost between request and answer. The caller can't know whether the
 * handler did its work, so nobody runs it again unasked, not even when there is a new
 * connection.
 */
@ExtendWith(Leaks.class)
@OnEachWire
class LostAnswerTests {

	@RegisterExtension
	@Order(1)
	final FaultReport report = new FaultReport();

	@RegisterExtension
	@Order(2)
	final Peers peers = new Peers();

	private final Ledger ledger = new Ledger();

	private final TestServer server = this.peers
		.server((builder) -> builder.intercept(this.ledger.handler()).interceptCallbacks(this.ledger.caller()));

	@BeforeEach
	void report(TestInfo test) {
		this.report.fault("16 lost answer", test.getTestMethod().orElseThrow().getName()).calls(this.ledger);
	}

	@Test
	void callIsNotRepeatedOnTheNextConnection() {
		Deadly handler = new Deadly((request) -> this.server.connections()
			.current()
			.orElseThrow()
			.close(CloseCode.INTERNAL_ERROR, "died with a request"));
		this.server.serve(handler);
		TestClient client = client(new ExerciseService());
		BrpcConnection first = client.awaitConnection();
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(client.channel()).withWaitForReady().unary(Payloads.text("die"), call);
		assertLost(call, first);
		client.awaitConnectionAfter(first);
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("live"))).isEqualTo(Payloads.text("live"));
		assertThat(handler.deaths).hasValue(1);
		this.ledger.verify();
		assertThat(this.ledger.lost()).hasSize(1);
	}

	@Test
	void callbackIsNotRepeatedOnTheNextConnection() {
		Deadly handler = new Deadly((request) -> this.server.connections()
			.all()
			.forEach((connection) -> connection.close(CloseCode.INTERNAL_ERROR, "died with a request")));
		TestClient client = client(handler);
		BrpcConnection first = client.awaitConnection();
		Recorder callback = Recorder.reading();
		ExerciseGrpc.newStub(this.server.channelTo(client)).withWaitForReady().unary(Payloads.text("die"), callback);
		assertLost(callback, first);
		client.awaitConnectionAfter(first);
		assertThat(CallKind.UNARY.ask(this.server.channelTo(client), Payloads.text("live")))
			.isEqualTo(Payloads.text("live"));
		assertThat(handler.deaths).hasValue(1);
		this.ledger.verify();
		assertThat(this.ledger.lost()).hasSize(1);
	}

	/**
	 * What was read stays read, and the rest is lost: no stream begins anew.
	 */
	@Test
	void streamIsNotRepeatedEither() {
		TestClient client = client(new ExerciseService());
		BrpcConnection first = client.awaitConnection();
		Recorder stream = Recorder.reading();
		StreamObserver<Payload> requests = ExerciseGrpc.newStub(client.channel()).bidiStream(stream);
		requests.onNext(Payloads.count(1));
		await().until(() -> stream.messages().size() == 1);
		this.server.awaitConnection(first.id()).close(CloseCode.INTERNAL_ERROR, "died in a stream");
		assertLost(stream, first);
		client.awaitConnectionAfter(first);
		assertThat(CallKind.BIDI_STREAM.ask(client.channel(), Payloads.count(2))).isEqualTo(Payloads.count(2));
		assertThat(stream.messages()).containsExactly(Payloads.count(1));
		this.ledger.verify();
		assertThat(this.ledger.lost()).hasSize(1);
	}

	private TestClient client(ExerciseService service) {
		return this.peers.client(this.server,
				(builder) -> builder.addService(service)
					.intercept(this.ledger.caller())
					.interceptCallbacks(this.ledger.handler()));
	}

	private static void assertLost(Recorder call, BrpcConnection connection) {
		Status status = call.awaitEnd();
		assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		assertThat(status.getDescription()).contains(connection.id().toString()).contains("INTERNAL_ERROR");
	}

	/**
	 * Some requests kill the connection instead of being answered.
	 */
	private static final class Deadly extends ExerciseService {

		private final AtomicInteger deaths = new AtomicInteger();

		private final Consumer<Payload> death;

		Deadly(Consumer<Payload> death) {
			this.death = death;
		}

		@Override
		public void unary(Payload request, StreamObserver<Payload> responses) {
			if (request.getText().equals("die")) {
				this.deaths.incrementAndGet();
				this.death.accept(request);
			}
			else {
				super.unary(request, responses);
			}
		}

	}

}
