package io.brpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.brpc.testing.Brpc2Frames;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.RawClient;
import io.brpc.testing.RawClose;
import io.brpc.testing.Recorder;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.handler.codec.quic.QuicStreamType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a server or client is told about frames is what its peer has to heed.
 */
@ExtendWith(Leaks.class)
class FrameSettingsTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final String CLIENT_STREAM = ExerciseGrpc.getClientStreamMethod().getFullMethodName();

	/**
	 * A window of which each message here is the greater part.
	 */
	private static final FrameSettings SMALL = new FrameSettings(1, 1000, 1000);

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void lanesBeyondTheirNumberCloseTheConnection() throws Exception {
		assertThat(closeOf(QuicStreamType.BIDIRECTIONAL, Brpc2Frames.lane(), Brpc2Frames.lane()))
			.isEqualTo(new RawClose(true, CloseCode.UNEXPECTED_STREAM.code(), "stream 4 is lane 2, limit is 1"));
	}

	@Test
	void aMessageBeyondTheWindowClosesTheConnection() throws Exception {
		byte[] call = Brpc2Frames.own(Brpc2Frames.call(0, 0, CLIENT_STREAM), Brpc2Frames.message(new byte[1500]),
				Brpc2Frames.message());
		assertThat(closeOf(QuicStreamType.BIDIRECTIONAL, call).reason()).contains("MESSAGE at 1542 of stream 0")
			.contains("comes without credit, 564 bytes are owed");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callsThatBringMoreThanMayWaitEnd(boolean forward) {
		TestServer server = server(forward ? SMALL : FrameSettings.defaults());
		TestClient client = this.peers.client(server, (builder) -> builder.addService(new Untaking())
			.transportSettings(settings(forward ? FrameSettings.defaults() : SMALL)));
		Channel channel = forward ? client.channel() : server.channelTo(client);
		List<Recorder> calls = Stream.generate(Recorder::reading).limit(2).toList();
		List<StreamObserver<Payload>> requests = calls.stream()
			.map(ExerciseGrpc.newStub(channel)::clientStream)
			.toList();
		requests.forEach((request) -> request.onNext(Payloads.ofSize(900)));
		await().atMost(PATIENCE).until(() -> calls.stream().anyMatch(Recorder::hasEnded));
		Recorder ended = calls.get(calls.get(0).hasEnded() ? 0 : 1);
		assertThat(ended.awaitEnd().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(ended.awaitEnd().getDescription())
			.contains("bytes of messages wait for the application, limit is 1000");
		assertThat(calls).filteredOn(Recorder::hasEnded).hasSize(1);
		calls.forEach((call) -> call.call().cancel("enough", null));
	}

	private RawClose closeOf(QuicStreamType type, byte[]... streams) throws Exception {
		TestServer server = server(SMALL);
		try (RawClient client = new RawClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
				TestCertificates.shared(), Wire.BRPC_2)) {
			client.openStream(QuicStreamType.UNIDIRECTIONAL, Brpc2Frames.control(Brpc2Frames.settings()));
			for (byte[] stream : streams) {
				client.openStream(type, stream);
			}
			return client.awaitClose();
		}
	}

	private TestServer server(FrameSettings frames) {
		return this.peers.server((builder) -> builder.transportSettings(settings(frames))).serve(new Untaking());
	}

	private static TransportSettings settings(FrameSettings frames) {
		return TransportSettings.defaults().withWires(Wire.BRPC_2).withFrames(frames);
	}

	/**
	 * Takes no message of a client stream.
	 */
	private static final class Untaking extends ExerciseService {

		@Override
		public StreamObserver<Payload> clientStream(StreamObserver<Payload> responses) {
			((ServerCallStreamObserver<Payload>) responses).disableAutoRequest();
			return super.clientStream(responses);
		}

	}

}
