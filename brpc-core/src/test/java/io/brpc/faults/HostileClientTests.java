package io.brpc.faults;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.BrpcConnection;
import io.brpc.CallbackLimits;
import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Http2Frames;
import io.brpc.testing.Impostor;
import io.brpc.testing.Leaks;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.RawClient;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Clients that keep to HTTP/2, and mean ill above it.
 */
@ExtendWith(Leaks.class)
class HostileClientTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int MAX_DESCRIPTION = 1000;

	private static final Metadata.Key<String> CHAIN = Metadata.Key.of("brpc-call-chain",
			Metadata.ASCII_STRING_MARSHALLER);

	@RegisterExtension
	final Peers peers = new Peers();

	@ParameterizedTest
	@CsvSource({ "',', 8, calls are nested 10 deep", "',', 7000, calls are nested 7002 deep",
			"x, 7000, brpc-call-chain would have 7025 characters" })
	void chainThatIsTooLongIsRefusedInAnAnswerThatArrives(String character, int count, String words) throws Exception {
		AtomicInteger served = new AtomicInteger();
		TestServer server = this.peers.server();
		server.serve(new ExerciseService((request) -> {
			served.incrementAndGet();
			return request;
		}));
		Impostor impostor = this.peers.add(new Impostor(server));
		Metadata headers = new Metadata();
		headers.put(CHAIN, character.repeat(count));
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, () -> CallKind.UNARY.ask(
				ClientInterceptors.intercept(impostor.channel(), MetadataUtils.newAttachHeadersInterceptor(headers)),
				Payload.getDefaultInstance()));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(failure.getStatus().getDescription()).startsWith(words).hasSizeLessThan(MAX_DESCRIPTION);
		assertThat(served).hasValue(0);
		assertThat(CallKind.UNARY.ask(impostor.channel(), Payloads.text("next"))).isEqualTo(Payloads.text("next"));
	}

	/**
	 * It is connected, opens its stream, and never says a word on the other one.
	 */
	@Test
	void clientThatNeverServesCostsItsCallersNoMoreThanTheDeadline() throws Exception {
		TestServer server = this.peers
			.server((builder) -> builder.callbackLimits(new CallbackLimits(Duration.ofMillis(300), 100)));
		Bystander bystander = new Bystander(this.peers, server);
		try (RawClient silent = new RawClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
				TestCertificates.shared())) {
			silent.openStream(Http2Frames.opening());
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.connections().all()).hasSize(2));
			BrpcConnection connection = server.connections()
				.all()
				.stream()
				.filter((each) -> !each.id().equals(bystander.client().awaitConnection().id()))
				.findAny()
				.orElseThrow();
			Recorder callback = Recorder.reading();
			ExerciseGrpc.newStub(connection.channel()).unary(Payload.getDefaultInstance(), callback);
			Status status = callback.awaitEnd();
			assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
			assertThat(status.getDescription()).contains(connection.id().toString())
				.contains("has not answered on its reverse gRPC stream");
			bystander.verifyUnharmed();
		}
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.connections().all()).hasSize(1));
	}

}
