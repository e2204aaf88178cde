package io.brpc.internal.brpc2;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.brpc.testing.Leaks;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The one message of a call that ends while its bytes are made is not counted among what
 * waits to be sent: nobody will send it.
 */
@ExtendWith(Leaks.class)
class LateMessageTests {

	private static final long LIMIT_SECONDS = 30;

	private final ExecutorService pool = Executors.newCachedThreadPool();

	@AfterEach
	void shutdown() {
		this.pool.shutdown();
	}

	@Test
	void responseOfACallThatIsCancelledMeanwhileDoesNotWait() throws Exception {
		Gate gate = new Gate();
		CountDownLatch handled = new CountDownLatch(1);
		MethodDescriptor<String, String> method = method(new Text(), gate);
		try (SessionPair pair = connect(method, handled)) {
			ClientCall<String, String> call = pair.client().channel().newCall(method, CallOptions.DEFAULT);
			call.start(new ClientCall.Listener<>() {
			}, new Metadata());
			call.sendMessage("request");
			call.halfClose();
			pass(gate.entered);
			call.cancel("enough", null);
			await().atMost(LIMIT_SECONDS, TimeUnit.SECONDS).until(() -> pair.server().session().inboundCalls() == 0);
			gate.open.countDown();
			pass(handled);
			verifyNothingWaits(pair.server());
		}
	}

	@Test
	void requestOfACallThatIsCancelledMeanwhileDoesNotWait() throws Exception {
		Gate gate = new Gate();
		CountDownLatch sent = new CountDownLatch(1);
		CountDownLatch closed = new CountDownLatch(1);
		MethodDescriptor<String, String> method = method(gate, new Text());
		try (SessionPair pair = connect(method, new CountDownLatch(1))) {
			ClientCall<String, String> call = pair.client().channel().newCall(method, CallOptions.DEFAULT);
			call.start(new ClientCall.Listener<>() {
				@Override
				public void onClose(Status status, Metadata trailers) {
					closed.countDown();
				}
			}, new Metadata());
			this.pool.execute(() -> {
				call.sendMessage("request");
				sent.countDown();
			});
			pass(gate.entered);
			call.cancel("enough", null);
			pass(closed);
			gate.open.countDown();
			pass(sent);
			verifyNothingWaits(pair.client());
		}
	}

	private static void verifyNothingWaits(SessionPeer peer) {
		await().atMost(LIMIT_SECONDS, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(peer.session().queuedBytes()).isZero());
	}

	private SessionPair connect(MethodDescriptor<String, String> method, CountDownLatch handled) {
		BindableService service = () -> ServerServiceDefinition.builder("test.Late")
			.addMethod(method, ServerCalls.<String, String>asyncUnaryCall((request, responses) -> {
				try {
					responses.onNext("response");
					responses.onCompleted();
				}
				finally {
					handled.countDown();
				}
			}))
			.build();
		return new SessionPair(new SessionPeer(Side.SERVER, SessionSettings.defaults(), this.pool, List.of(service)),
				new SessionPeer(Side.CLIENT, SessionSettings.defaults(), this.pool, List.of()));
	}

	private static MethodDescriptor<String, String> method(Marshaller<String> request, Marshaller<String> response) {
		return MethodDescriptor.newBuilder(request, response)
			.setType(MethodType.UNARY)
			.setFullMethodName("test.Late/Call")
			.build();
	}

	private static void pass(CountDownLatch latch) {
		try {
			assertThat(latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static class Text implements Marshaller<String> {

		@Override
		public InputStream stream(String value) {
			return new ByteArrayInputStream(new byte[value.length()]);
		}

		@Override
		public String parse(InputStream stream) {
			return "";
		}

	}

	/**
	 * Holds whoever makes bytes of a message until it is opened.
	 */
	private static final class Gate extends Text {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch open = new CountDownLatch(1);

		@Override
		public InputStream stream(String value) {
			this.entered.countDown();
			pass(this.open);
			return super.stream(value);
		}

	}

}
