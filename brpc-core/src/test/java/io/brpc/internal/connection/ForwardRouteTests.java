package io.brpc.internal.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;

import io.brpc.internal.brpc2.NotRunStatus;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ClientStreamTracer;
import io.grpc.ClientStreamTracer.StreamInfo;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which way a forward call takes, with channels that only write down what they are asked
 * to do.
 */
class ForwardRouteTests {

	private static final Metadata.Key<String> KEY = Metadata.Key.of("key", Metadata.ASCII_STRING_MARSHALLER);

	private static final Attributes GRPCS_TRANSPORT = Attributes.EMPTY;

	private static final Attributes OTHER_TRANSPORT = Attributes.newBuilder()
		.set(Attributes.Key.create("other"), "yes")
		.build();

	private final Deque<Runnable> loop = new ArrayDeque<>();

	private final FakeChannel grpc = new FakeChannel();

	private final FakeChannel other = new FakeChannel();

	private final Metadata headers = new Metadata();

	private final Answer answer = new Answer();

	private boolean connected;

	@BeforeEach
	void fillHeaders() {
		this.headers.put(KEY, "value");
	}

	@Test
	void aCallGoesStraightToTheConnectionThatIsThere() {
		this.connected = true;
		startUnary();
		assertThat(this.other.calls).hasSize(1);
		assertThat(this.other.last().events).containsExactly("start value", "request 2", "message a", "half-close");
		assertThat(this.grpc.calls).isEmpty();
	}

	@Test
	void whatAListenerSendsWhileItsCallStartsDoesNotWait() {
		this.connected = true;
		ClientCall<Payload, Payload> call = newCall(CallOptions.DEFAULT);
		List<String> sent = new ArrayList<>();
		this.other.readyAtOnce = true;
		call.start(new ClientCall.Listener<>() {
			@Override
			public void onReady() {
				call.sendMessage(payload("a"));
				sent.addAll(ForwardRouteTests.this.other.last().events);
			}
		}, this.headers);
		call.halfClose();
		assertThat(sent).containsExactly("start value", "message a");
		assertThat(this.other.last().events).containsExactly("start value", "message a", "half-close");
	}

	@Test
	void aCallWaitsInGrpcsChannelAndThenGoesByTheWireOfTheConnection() {
		startUnary();
		assertThat(this.grpc.last().events).containsExactly("start value");
		assertThat(this.other.calls).isEmpty();
		this.grpc.last().arrive(OTHER_TRANSPORT);
		assertThat(this.other.calls).as("not in the middle of gRPC's work").isEmpty();
		runLoop();
		assertThat(this.grpc.last().events).containsExactly("start value", "cancel");
		assertThat(this.other.last().events).containsExactly("start value", "request 2", "message a", "half-close");
		this.grpc.last().end(Status.CANCELLED);
		assertThat(this.answer.ends).isEmpty();
		this.other.last().end(Status.OK);
		assertThat(this.answer.ends).containsExactly(Status.OK);
	}

	@Test
	void theScoutBecomesTheCallOfAConnectionThatSpeaksGrpcsWire() {
		ClientCall<Payload, Payload> call = startUnary();
		this.grpc.last().arrive(GRPCS_TRANSPORT);
		runLoop();
		call.request(1);
		assertThat(this.grpc.last().events).containsExactly("start value", "request 2", "message a", "half-close",
				"request 1");
		assertThat(this.other.calls).isEmpty();
		this.grpc.last().end(Status.OK);
		assertThat(this.answer.ends).containsExactly(Status.OK);
	}

	@Test
	void aScoutMayArriveWhileItIsStarted() {
		this.grpc.arrivesAtOnce = OTHER_TRANSPORT;
		startUnary();
		assertThat(this.loop).isEmpty();
		assertThat(this.grpc.last().events).containsExactly("start value", "cancel");
		assertThat(this.other.last().events).containsExactly("start value", "request 2", "message a", "half-close");
	}

	@Test
	void aCallThatGrpcFailsEndsInGrpcsWords() {
		startUnary();
		Status failure = Status.UNAVAILABLE.withDescription("nobody there");
		this.grpc.last().end(failure);
		assertThat(this.answer.ends).containsExactly(failure);
		assertThat(this.other.calls).isEmpty();
	}

	@Test
	void optionsGoToTheScoutToo() {
		ClientCall<Payload, Payload> call = newCall(CallOptions.DEFAULT.withWaitForReady());
		call.start(this.answer, this.headers);
		assertThat(this.grpc.last().options.isWaitForReady()).isTrue();
	}

	@Test
	void aCallIsMadeInTheContextOfItsMaker() {
		Context.Key<String> key = Context.key("test");
		Context.current().withValue(key, "maker").run(this::startUnary);
		this.grpc.last().arrive(OTHER_TRANSPORT);
		runLoop();
		assertThat(key.get(this.other.last().context)).isEqualTo("maker");
	}

	@Test
	void cancellingAWaitingCallCancelsTheScout() {
		ClientCall<Payload, Payload> call = startUnary();
		call.cancel("enough", null);
		assertThat(this.grpc.last().events).containsExactly("start value", "cancel");
		this.grpc.last().end(Status.CANCELLED);
		assertThat(this.answer.ends).containsExactly(Status.CANCELLED);
	}

	@Test
	void cancellingACallThatChangesItsWireCancelsIt() {
		ClientCall<Payload, Payload> call = startUnary();
		this.grpc.last().arrive(OTHER_TRANSPORT);
		call.cancel("enough", null);
		runLoop();
		assertThat(this.other.last().events).startsWith("start value", "cancel");
		this.other.last().end(Status.CANCELLED);
		assertThat(this.answer.ends).containsExactly(Status.CANCELLED);
	}

	@Test
	void aCallThatNoHandlerHasSeenIsMadeAgain() {
		this.connected = true;
		startUnary();
		FakeCall first = this.other.last();
		first.end(NotRunStatus.of("draining"));
		assertThat(this.answer.ends).isEmpty();
		assertThat(this.grpc.last().events).containsExactly("start value");
		this.grpc.last().arrive(OTHER_TRANSPORT);
		runLoop();
		assertThat(this.other.last()).isNotSameAs(first);
		assertThat(this.other.last().events).containsExactly("start value", "request 2", "message a", "half-close");
	}

	@Test
	void aCallThatNoHandlerHasSeenIsMadeAgainByGrpcsWire() {
		this.connected = true;
		startUnary();
		this.other.last().end(NotRunStatus.of("draining"));
		this.grpc.last().arrive(GRPCS_TRANSPORT);
		runLoop();
		assertThat(this.grpc.last().events).containsExactly("start value", "request 2", "message a", "half-close");
	}

	@Test
	void aCallThatIsRefusedAgainAndAgainEnds() {
		this.connected = true;
		startUnary();
		while (this.answer.ends.isEmpty()) {
			this.other.last().end(NotRunStatus.of("draining"));
			if (this.answer.ends.isEmpty()) {
				this.grpc.last().arrive(OTHER_TRANSPORT);
				runLoop();
			}
		}
		assertThat(this.other.calls).hasSize(8);
		assertThat(this.answer.ends.get(0).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
	}

	@Test
	void aCallThatMayHaveRunIsNotMadeAgain() {
		this.connected = true;
		startUnary();
		this.other.last().end(Status.UNAVAILABLE);
		assertThat(this.answer.ends).containsExactly(Status.UNAVAILABLE);
		assertThat(this.grpc.calls).isEmpty();
	}

	@Test
	void aLongStreamIsNotKept() {
		this.connected = true;
		ClientCall<Payload, Payload> call = startUnary();
		for (int i = 0; i < 100; i++) {
			call.sendMessage(payload("b"));
		}
		this.other.last().end(NotRunStatus.of("draining"));
		assertThat(this.answer.ends).hasSize(1);
		assertThat(this.grpc.calls).isEmpty();
	}

	private ClientCall<Payload, Payload> startUnary() {
		ClientCall<Payload, Payload> call = newCall(CallOptions.DEFAULT);
		call.start(this.answer, this.headers);
		call.request(2);
		call.sendMessage(payload("a"));
		call.halfClose();
		return call;
	}

	private ClientCall<Payload, Payload> newCall(CallOptions options) {
		return ClientInterceptors.intercept(this.grpc, new ForwardCalls(new Routes()))
			.newCall(ExerciseGrpc.getUnaryMethod(), options);
	}

	private static Payload payload(String text) {
		return Payload.newBuilder().setText(text).build();
	}

	private void runLoop() {
		while (!this.loop.isEmpty()) {
			this.loop.pop().run();
		}
	}

	private final class Routes implements ForwardRoutes {

		@Override
		public @Nullable Channel direct() {
			return ForwardRouteTests.this.connected ? ForwardRouteTests.this.other : null;
		}

		@Override
		public @Nullable Channel direct(Attributes transport) {
			return transport.equals(OTHER_TRANSPORT) ? ForwardRouteTests.this.other : null;
		}

		@Override
		public Executor loop() {
			return ForwardRouteTests.this.loop::add;
		}

		@Override
		public Executor answers() {
			return Runnable::run;
		}

	}

	private static final class Answer extends ClientCall.Listener<Payload> {

		private final List<Status> ends = new ArrayList<>();

		@Override
		public void onClose(Status status, Metadata trailers) {
			this.ends.add(status);
		}

	}

	private static final class FakeChannel extends Channel {

		private final List<FakeCall> calls = new ArrayList<>();

		private @Nullable Attributes arrivesAtOnce;

		private boolean readyAtOnce;

		FakeCall last() {
			return this.calls.get(this.calls.size() - 1);
		}

		@Override
		@SuppressWarnings("unchecked")
		public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
			FakeCall call = new FakeCall(options, this.arrivesAtOnce, this.readyAtOnce);
			this.calls.add(call);
			return (ClientCall<Q, A>) call;
		}

		@Override
		public String authority() {
			return "fake";
		}

	}

	private static final class FakeCall extends ClientCall<Payload, Payload> {

		private final List<String> events = new ArrayList<>();

		private final Context context = Context.current();

		private final CallOptions options;

		private final @Nullable Attributes arrivesAtOnce;

		private final boolean readyAtOnce;

		private @Nullable Listener<Payload> listener;

		FakeCall(CallOptions options, @Nullable Attributes arrivesAtOnce, boolean readyAtOnce) {
			this.options = options;
			this.arrivesAtOnce = arrivesAtOnce;
			this.readyAtOnce = readyAtOnce;
		}

		void arrive(Attributes transport) {
			for (ClientStreamTracer.Factory factory : this.options.getStreamTracerFactories()) {
				factory.newClientStreamTracer(StreamInfo.newBuilder().build(), new Metadata())
					.streamCreated(transport, new Metadata());
			}
		}

		void end(Status status) {
			Objects.requireNonNull(this.listener, "listener").onClose(status, new Metadata());
		}

		@Override
		public void start(Listener<Payload> listener, Metadata headers) {
			this.listener = listener;
			this.events.add("start " + headers.get(KEY));
			headers.discardAll(KEY);
			if (this.arrivesAtOnce != null) {
				arrive(this.arrivesAtOnce);
			}
			if (this.readyAtOnce) {
				listener.onReady();
			}
		}

		@Override
		public void request(int count) {
			this.events.add("request " + count);
		}

		@Override
		public void sendMessage(Payload message) {
			this.events.add("message " + message.getText());
		}

		@Override
		public void halfClose() {
			this.events.add("half-close");
		}

		@Override
		public void cancel(@Nullable String message, @Nullable Throwable cause) {
			this.events.add("cancel");
		}

	}

}
