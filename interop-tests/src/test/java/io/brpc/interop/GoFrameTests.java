package io.brpc.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Calls both ways on one brpc/2 connection between us and a peer in Go that was written
 * from {@code docs/wire.md} alone. Who dialed is up to the subclass.
 */
abstract class GoFrameTests {

	static final long DEADLINE_SECONDS = 20;

	private static final String SENT_BACK = "[one two  spaces] 5b0080ff5d";

	/**
	 * Connects an end of ours with a Go peer.
	 * @param flags of the Go program
	 * @return both of them, connected
	 */
	abstract GoPair pair(String... flags) throws Exception;

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 100_000, 1_000_000 })
	void weCallInAllFourKinds(int dataBytes) throws Exception {
		try (GoPair pair = pair()) {
			assertThat(new ExerciseCalls(pair.toGo(), dataBytes).kinds())
				.isEqualTo(ExerciseCalls.answers("go", pair.goSuffix()));
		}
	}

	@ParameterizedTest
	@CsvSource({ "0, false", "1, false", "100_000, false", "1_000_000, false", "1_000_000, true" })
	void goCallsInAllFourKinds(String dataBytes, boolean compressed) throws Exception {
		try (GoPair pair = pair("-data", dataBytes.replace("_", ""), "-gzip=" + compressed)) {
			assertThat(pair.go().ask("kinds")).isEqualTo("ok " + ExerciseCalls.answers("java", pair.ourSuffix()));
		}
	}

	@Test
	void goTakesWhatWeCompress() throws Exception {
		try (GoPair pair = pair()) {
			Payload request = Payload.newBuilder().setText("u").setData(ByteString.copyFrom(new byte[100_000])).build();
			assertThat(stub(pair).withCompression("gzip").unary(request).getData()).isEqualTo(request.getData());
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 16_000, 16_400, 100_000, 4_000_000 })
	void largeAnswersOfSmallCallsArrive(int bytes) throws Exception {
		try (GoPair pair = pair()) {
			assertThat(pair.go().ask("data " + bytes)).isEqualTo("ok " + bytes);
			assertThat(stub(pair).unary(Payload.newBuilder().setText("data").setCount(bytes).build()).getData().size())
				.isEqualTo(bytes);
		}
	}

	@Test
	void answersBeyondTheLimitEndTheCallOnly() throws Exception {
		try (GoPair pair = pair()) {
			assertThat(pair.go().ask("data 5000000")).startsWith("failed ResourceExhausted ");
			Payload request = Payload.newBuilder().setText("data").setCount(5_000_000).build();
			assertThat(failure(() -> stub(pair).unary(request)).getStatus().getCode())
				.isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(pair.go().ask("data 1")).isEqualTo("ok 1");
			assertThat(stub(pair).unary(text("data"))).isEqualTo(Payload.getDefaultInstance());
		}
	}

	@Test
	void goFailsWithWordsAndTrailers() throws Exception {
		try (GoPair pair = pair()) {
			StatusRuntimeException failure = failure(() -> stub(pair).unary(text("fail")));
			assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
			assertThat(failure.getStatus().getDescription()).isEqualTo("no such grüß");
			assertThat(failure.getTrailers().get(ProbeService.PROBE)).isEqualTo("why");
			assertThat(failure.getTrailers().get(ProbeService.PROBE_BIN)).containsExactly(0, 0xff);
		}
	}

	@Test
	void weFailWithWordsAndTrailers() throws Exception {
		try (GoPair pair = pair()) {
			assertThat(pair.go().ask("fail")).isEqualTo("failed NotFound no such grüß [why] 5b00ff5d");
		}
	}

	@Test
	void metadataGoBothWaysWithTheirBytesAndTheirOrder() throws Exception {
		try (GoPair pair = pair()) {
			assertThat(pair.go().ask("metadata")).isEqualTo("ok " + SENT_BACK + " " + SENT_BACK);
			Metadata sent = new Metadata();
			sent.put(ProbeService.PROBE, "one");
			sent.put(ProbeService.PROBE_BIN, new byte[] { 0, (byte) 0x80, (byte) 0xff });
			sent.put(ProbeService.PROBE, "two  spaces");
			CompletableFuture<Metadata> headers = new CompletableFuture<>();
			CompletableFuture<Metadata> trailers = new CompletableFuture<>();
			unary(pair.toGo(), text("metadata"), sent, headers, trailers);
			for (CompletableFuture<Metadata> back : List.of(headers, trailers)) {
				Metadata metadata = back.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
				assertThat(metadata.getAll(ProbeService.PROBE)).containsExactly("one", "two  spaces");
				assertThat(metadata.get(ProbeService.PROBE_BIN)).containsExactly(0, 0x80, 0xff);
			}
		}
	}

	private static void unary(Channel channel, Payload request, Metadata sent, CompletableFuture<Metadata> headers,
			CompletableFuture<Metadata> trailers) {
		ClientCall<Payload, Payload> call = channel.newCall(ExerciseGrpc.getUnaryMethod(),
				CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS));
		call.start(new ClientCall.Listener<>() {
			@Override
			public void onHeaders(Metadata arrived) {
				headers.complete(arrived);
			}

			@Override
			public void onClose(Status status, Metadata arrived) {
				trailers.complete(arrived);
			}
		}, sent);
		call.request(1);
		call.sendMessage(request);
		call.halfClose();
	}

	@ParameterizedTest
	@ValueSource(strings = { "unary", "stream" })
	void goCancelsAndOurHandlerHearsIt(String kind) throws Exception {
		try (GoPair pair = pair()) {
			assertThat(pair.go().ask("cancel " + kind)).startsWith("failed Canceled ");
			await().until(() -> pair.go().ask("cancelled").equals("ok 1"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "unary", "stream" })
	void weCancelAndGosHandlerHearsIt(String kind) throws Exception {
		try (GoPair pair = pair()) {
			WaitingCall call = WaitingCall.start(pair.toGo(), kind, CallOptions.DEFAULT);
			await().until(() -> count(pair, "waiting") == 1);
			call.cancel();
			assertThat(call.status().getCode()).isEqualTo(Status.Code.CANCELLED);
			await().until(() -> count(pair, "cancelled") == 1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "unary", "stream" })
	void deadlineOfAGoCallEndsBothEnds(String kind) throws Exception {
		try (GoPair pair = pair()) {
			assertThat(pair.go().ask("deadline " + kind)).startsWith("failed DeadlineExceeded ");
			await().until(() -> pair.go().ask("cancelled").equals("ok 1"));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "unary", "stream" })
	void deadlineOfOurCallEndsBothEnds(String kind) throws Exception {
		try (GoPair pair = pair()) {
			WaitingCall call = WaitingCall.start(pair.toGo(), kind,
					CallOptions.DEFAULT.withDeadlineAfter(500, TimeUnit.MILLISECONDS));
			assertThat(call.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
			await().until(() -> count(pair, "cancelled") == 1);
		}
	}

	@Test
	void streamThatGoDoesNotTakeStopsNoOtherCall() throws Exception {
		try (GoPair pair = pair("-data", "10000")) {
			assertThat(pair.go().ask("down 500")).isEqualTo("started");
			assertThat(stub(pair).unary(text("waiting"))).isEqualTo(Payload.getDefaultInstance());
			assertThat(pair.go().ask("go on")).isEqualTo("ok 500");
		}
	}

	@Test
	void streamThatWeDoNotTakeStopsNoOtherCall() throws Exception {
		try (GoPair pair = pair()) {
			ByteString data = ByteString.copyFrom(new byte[10_000]);
			var responses = stub(pair)
				.serverStream(Payload.newBuilder().setText("s").setCount(500).setData(data).build());
			assertThat(responses.next().getData()).isEqualTo(data);
			assertThat(pair.go().ask("data 1")).isEqualTo("ok 1");
			List<Payload> rest = new ArrayList<>();
			responses.forEachRemaining(rest::add);
			assertThat(rest).hasSize(499);
		}
	}

	@Test
	void goSendsMoreThanAWindow() throws Exception {
		try (GoPair pair = pair("-data", "10000")) {
			assertThat(pair.go().ask("up 500")).startsWith("ok ");
		}
	}

	@Test
	void goPings() throws Exception {
		try (GoPair pair = pair()) {
			assertThat(pair.go().ask("ping")).isEqualTo("ok pong");
			assertThat(pair.go().ask("ping")).isEqualTo("ok pong");
		}
	}

	static Payload text(String text) {
		return Payload.newBuilder().setText(text).build();
	}

	static ExerciseGrpc.ExerciseBlockingStub stub(GoPair pair) {
		return ExerciseGrpc.newBlockingStub(pair.toGo()).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
	}

	private static int count(GoPair pair, String text) {
		return stub(pair).unary(text(text)).getCount();
	}

	private static StatusRuntimeException failure(ThrowingCallable call) {
		return catchThrowableOfType(StatusRuntimeException.class, call);
	}

}
