package io.brpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Impostor;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.brpc.CallContract.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nobody can say to be somebody else: the header that names a connection is checked
 * against the connection that the call came on.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class IdentityTests {

	private static final int TRIES = 1000;

	@RegisterExtension
	final Peers peers = new Peers();

	private final AtomicInteger served = new AtomicInteger();

	private final AtomicInteger victimCalled = new AtomicInteger();

	private final TestServer server = this.peers.server();

	private TestClient victim;

	private Impostor impostor;

	@BeforeEach
	void connect() throws Exception {
		ClientStub<Channel> clients = ClientStub.of(this.server.connections(), Function.identity());
		this.server.serve(new ExerciseService((request) -> {
			this.served.incrementAndGet();
			return request.getText().equals("call back") ? callBack(clients.get(), request) : request;
		}));
		this.victim = this.peers.client(this.server, (builder) -> builder.addService(new ExerciseService((request) -> {
			this.victimCalled.incrementAndGet();
			return request;
		})));
		this.impostor = this.peers.add(new Impostor(this.server));
	}

	private static Payload callBack(Channel channel, Payload request) {
		try {
			return CallKind.UNARY.ask(channel, request);
		}
		catch (StatusRuntimeException ex) {
			return Payloads.text(ex.getStatus().getCode().name());
		}
	}

	@Test
	void aThousandTriesToBeAnotherClientAreDenied() {
		String foreign = this.victim.awaitConnection().id().toString();
		List<Recorder> tries = new ArrayList<>();
		ExerciseGrpc.ExerciseStub stub = ExerciseGrpc.newStub(claiming(foreign));
		for (int i = 0; i < TRIES; i++) {
			Recorder attempt = Recorder.reading();
			stub.unary(Payloads.text("call back"), attempt);
			tries.add(attempt);
		}
		for (Recorder attempt : tries) {
			assertThat(attempt.awaitEnd().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
		}
		assertThat(this.served).hasValue(0);
		assertThat(this.victimCalled).hasValue(0);
		assertThat(CallKind.UNARY.ask(this.victim.channel(), Payloads.text("call back")).getText())
			.isEqualTo("call back");
		assertThat(this.victimCalled).hasValue(1);
	}

	@Test
	void oneForeignNameAmongSeveralIsDenied() {
		String own = this.impostor.awaitConnection().id().toString();
		String foreign = this.victim.awaitConnection().id().toString();
		assertDenied(Status.Code.PERMISSION_DENIED, own, foreign);
		assertDenied(Status.Code.PERMISSION_DENIED, foreign, own);
		assertDenied(Status.Code.PERMISSION_DENIED, ConnectionId.random().toString());
		assertDenied(Status.Code.INVALID_ARGUMENT, own, "nonsense");
		assertThat(CallKind.UNARY.ask(claiming(own, own), Payloads.text("fine")).getText()).isEqualTo("fine");
		assertThat(CallKind.UNARY.ask(claiming(own.toUpperCase(Locale.ROOT)), Payloads.text("fine")).getText())
			.isEqualTo("fine");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "nonsense", "123e4567e89b12d3a456426614174000", "1-2-3-4-5",
			"123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-4266141740000",
			"123e4567-e89b-12d3-a456-42661417400g", "123e4567-e89b-12d3-a456-426614174000,",
			"123e4567+e89b+12d3+a456+426614174000", "-----------------------------------0",
			"123e4567-e89b-12d3-a456-426614174000,123e4567-e89b-12d3-a456-426614174000" })
	void aMalformedNameIsInvalid(String claim) {
		assertDenied(Status.Code.INVALID_ARGUMENT, claim);
	}

	private void assertDenied(Status.Code code, String... claims) {
		Status status = failureOf(() -> CallKind.UNARY.ask(claiming(claims), Payloads.text("call back"))).getStatus();
		assertThat(status.getCode()).isEqualTo(code);
		assertThat(status.getDescription()).contains(ConnectionId.HEADER.name());
		assertThat(this.served).hasValue(0);
		assertThat(this.victimCalled).hasValue(0);
	}

	/**
	 * What is called back is who called, not who was named: here the impostor, which
	 * serves nothing.
	 */
	@Test
	void aCallWithoutANameIsKnownByItsConnection() {
		assertThat(CallKind.UNARY.ask(this.impostor.channel(), Payloads.text("call back")).getText())
			.isEqualTo("UNIMPLEMENTED");
		assertThat(this.served).hasValue(1);
		assertThat(this.victimCalled).hasValue(0);
	}

	@Test
	void anInterceptorOfTheApplicationCantChangeTheName() {
		TestClient client = this.peers.client(this.server, (builder) -> builder.addService(new ExerciseService())
			.intercept(naming(this.victim.awaitConnection().id().toString())));
		assertThat(CallKind.UNARY.ask(client.channel(), Payloads.text("call back")).getText()).isEqualTo("call back");
		assertThat(this.victimCalled).hasValue(0);
	}

	@Test
	void aCallbackThatNamesAnotherConnectionIsDenied() {
		BrpcConnection connection = this.server.awaitConnection(this.victim.awaitConnection().id());
		Channel channel = ClientInterceptors.intercept(connection.channel(), naming(ConnectionId.random().toString()));
		assertThat(failureOf(() -> CallKind.UNARY.ask(channel, Payload.getDefaultInstance())).getStatus().getCode())
			.isEqualTo(Status.Code.PERMISSION_DENIED);
		assertThat(this.victimCalled).hasValue(0);
	}

	private Channel claiming(String... claims) {
		return ClientInterceptors.intercept(this.impostor.channel(), naming(claims));
	}

	private static ClientInterceptor naming(String... claims) {
		Metadata headers = new Metadata();
		for (String claim : claims) {
			headers.put(ConnectionId.HEADER, claim);
		}
		return MetadataUtils.newAttachHeadersInterceptor(headers);
	}

}
