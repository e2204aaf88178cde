package io.brpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.brpc.testing.AnswerRecorder;
import io.brpc.testing.FakeCall;
import io.brpc.testing.FakeConnection;
import io.brpc.testing.FakeRegistry;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.ExerciseGrpc.ExerciseBlockingStub;
import io.brpc.testing.proto.Payload;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

@Timeout(60)
@OnEachWire
class FanOutTests {

	private static final Payload QUESTION = Payloads.text("who");

	private final List<FakeConnection> clients = IntStream.range(0, 5)
		.mapToObj((number) -> FakeConnection.silent())
		.toList();

	private final AnswerRecorder recorder = new AnswerRecorder();

	@AfterEach
	void clearInterrupt() {
		Thread.interrupted();
	}

	@Test
	void nothingIsCalledBeforeSomebodyTakesTheAnswers() {
		to(this.clients).call(ExerciseGrpc.getUnaryMethod(), QUESTION);
		assertThat(this.clients).allSatisfy((client) -> assertThat(client.calls()).isEmpty());
	}

	@Test
	void everyClientIsAskedOnceAndAnswersAsItWill() {
		subscribe(to(this.clients)).request(10);
		this.clients.get(3).call().answer(Payloads.text("three"));
		this.clients.get(1).call().end(Status.UNAVAILABLE);
		assertThat(this.recorder.answers()).extracting(ClientAnswer::connection)
			.containsExactly(this.clients.get(3), this.clients.get(1));
		assertThat(this.recorder.answers().get(0).orElseThrow()).isEqualTo(Payloads.text("three"));
		assertThat(this.recorder.answers().get(1).status()).isEqualTo(Status.UNAVAILABLE);
		assertThat(this.recorder.answers().get(1).response()).isNull();
		this.clients.forEach((client) -> client.call().answer(QUESTION));
		assertThat(this.recorder.answers()).extracting(ClientAnswer::isOk)
			.containsExactly(true, false, true, true, true);
		assertThat(this.recorder.isComplete()).isTrue();
		assertThat(this.clients).allSatisfy((client) -> assertThat(client.call().request()).isEqualTo(QUESTION));
	}

	@Test
	void noMoreCallsAreInFlightThanItMayHave() {
		subscribe(to(this.clients).concurrency(2)).request(10);
		assertThat(asked()).containsExactly(true, true, false, false, false);
		this.clients.get(1).call().answer(QUESTION);
		assertThat(asked()).containsExactly(true, true, true, false, false);
	}

	@Test
	void answersThatNobodyTakesCountAsCallsInFlight() {
		subscribe(to(this.clients).concurrency(2));
		this.clients.get(0).call().answer(QUESTION);
		this.clients.get(1).call().answer(QUESTION);
		assertThat(asked()).containsExactly(true, true, false, false, false);
		assertThat(this.recorder.answers()).isEmpty();
		this.recorder.request(1);
		assertThat(this.recorder.answers()).hasSize(1);
		assertThat(asked()).containsExactly(true, true, true, false, false);
	}

	@Test
	void itEndsWithAsManyResponsesAsAreWanted() {
		subscribe(to(this.clients).concurrency(4).first(2)).request(10);
		this.clients.get(0).call().answer(QUESTION);
		this.clients.get(1).call().end(Status.UNAVAILABLE);
		assertThat(this.recorder.isComplete()).isFalse();
		FakeCall slow = this.clients.get(2).call();
		this.clients.get(3).call().answer(QUESTION);
		assertThat(this.recorder.answers()).extracting(ClientAnswer::isOk).containsExactly(true, false, true);
		assertThat(this.recorder.isComplete()).isTrue();
		assertThat(slow.end().getCode()).isEqualTo(Status.Code.CANCELLED);
	}

	@Test
	void whoIsNotNeededIsNotCalled() {
		subscribe(to(this.clients).concurrency(2).first(1)).request(10);
		this.clients.get(0).call().answer(QUESTION);
		assertThat(asked()).containsExactly(true, true, false, false, false);
		assertThat(this.recorder.isComplete()).isTrue();
	}

	@Test
	void oneDeadlineHoldsForAll() {
		subscribe(to(this.clients).deadline(Duration.ofMillis(20)).concurrency(1)).request(10);
		FakeCall first = this.clients.get(0).call();
		await().until(() -> first.options().getDeadline().isExpired());
		first.end(Status.DEADLINE_EXCEEDED.withDescription("gRPC's"));
		assertThat(asked()).containsExactly(true, false, false, false, false);
		assertThat(this.recorder.answers()).hasSize(5)
			.allSatisfy((answer) -> assertThat(answer.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
		assertThat(this.recorder.answers().get(4).status().getDescription())
			.isEqualTo("not called: the fan-out's deadline of PT0.02S was over before this client's turn came");
		assertThat(this.recorder.isComplete()).isTrue();
	}

	@Test
	void aCallCanHaveADeadlineOfItsOwn() {
		Deadline soon = Deadline.after(1, TimeUnit.MINUTES);
		subscribe(to(this.clients).deadline(Duration.ofHours(1)).deadlinePerCall(Duration.ofSeconds(1)));
		assertThat(this.clients.get(0).call().options().getDeadline().isBefore(soon)).isTrue();
		subscribe(to(this.clients.subList(1, 2)).deadline(Duration.ofSeconds(1)).deadlinePerCall(Duration.ofHours(1)));
		assertThat(this.clients.get(1).calls()).hasSize(2)
			.allSatisfy((call) -> assertThat(call.options().getDeadline().isBefore(soon)).isTrue());
	}

	@Test
	void theDeadlineOfTheStubHoldsToo() {
		Deadline soon = Deadline.after(1, TimeUnit.SECONDS);
		ClientStub<ExerciseBlockingStub> stub = ClientStub.of(new FakeRegistry(this.clients.get(0)),
				(channel) -> ExerciseGrpc.newBlockingStub(channel).withDeadline(soon).withCompression("gzip"));
		subscribe(stub.fanOut());
		assertThat(this.clients.get(0).call().options().getDeadline()).isEqualTo(soon);
		assertThat(this.clients.get(0).call().options().getCompressor()).isEqualTo("gzip");
	}

	@Test
	void withoutADeadlineThereIsOne() {
		subscribe(to(this.clients));
		assertThat(this.clients.get(0).call().options().getDeadline().timeRemaining(TimeUnit.SECONDS)).isBetween(0L,
				30L);
	}

	@Test
	void aDeadlineMayBeAsLongAsItLikes() {
		Duration ages = Duration.ofSeconds(Long.MAX_VALUE);
		subscribe(to(this.clients).deadline(ages).deadlinePerCall(ages));
		assertThat(this.clients.get(0).call().options().getDeadline().timeRemaining(TimeUnit.DAYS)).isGreaterThan(365);
	}

	@Test
	void callsAreMadeInTheContextOfTheFanOut() throws Exception {
		Context.Key<String> key = Context.key("caller");
		FanOut<?> fanOut = to(this.clients).concurrency(1);
		FanOutCall<Payload> call = Context.ROOT.withValue(key, "handler").call(() -> unary(fanOut));
		call.subscribe(this.recorder);
		this.recorder.request(10);
		this.clients.get(0).call().answer(QUESTION);
		assertThat(key.get(this.clients.get(0).call().context())).isEqualTo("handler");
		assertThat(key.get(this.clients.get(1).call().context())).isEqualTo("handler");
	}

	@Test
	void whenTheCallerIsCancelledNobodyElseIsCalled() throws Exception {
		Context.CancellableContext handler = Context.ROOT.withCancellation();
		FanOut<?> fanOut = to(this.clients).concurrency(1);
		handler.call(() -> unary(fanOut)).subscribe(this.recorder);
		this.recorder.request(10);
		handler.cancel(new CancellationException("the caller hung up"));
		this.clients.get(0).call().end(Status.CANCELLED);
		assertThat(asked()).containsExactly(true, false, false, false, false);
		assertThat(this.recorder.answers()).hasSize(5)
			.allSatisfy((answer) -> assertThat(answer.status().getCode()).isEqualTo(Status.Code.CANCELLED));
		assertThat(this.recorder.answers().get(4).status().getDescription()).startsWith("not called: ");
	}

	@Test
	void theAnswerOfNobodyIsEmpty() {
		FanOutCall<Payload> nobody = unary(to(List.of()));
		assertThat(nobody.toList()).isEmpty();
		assertThat(nobody.toFuture()).isCompletedWithValue(List.of());
		nobody.subscribe(this.recorder);
		assertThat(this.recorder.isComplete()).isTrue();
	}

	@Test
	void clientsAreChosenWhenItBegins() {
		FakeRegistry registry = new FakeRegistry();
		FanOutCall<Payload> call = unary(ClientStub.of(registry, ExerciseGrpc::newFutureStub).fanOut());
		assertThat(call.toList()).isEmpty();
		registry.add(echoing());
		assertThat(call.toList()).singleElement().satisfies((answer) -> assertThat(answer.isOk()).isTrue());
		registry.add(echoing());
		assertThat(call.toList()).hasSize(2);
	}

	@Test
	void aGroupOrAPrincipalNarrowsIt() {
		FakeRegistry registry = new FakeRegistry(echoing().in("eu"), echoing().in("eu").as("CN=ada"),
				echoing().in("us").as("CN=ada"));
		FanOut<?> all = ClientStub.of(registry, ExerciseGrpc::newStub).fanOut();
		assertThat(unary(all).toList()).hasSize(3);
		assertThat(unary(all.group("eu")).toList()).extracting(ClientAnswer::connection)
			.containsExactlyElementsOf(registry.inGroup("eu"));
		assertThat(unary(all.principal("CN=ada")).toList()).extracting(ClientAnswer::connection)
			.containsExactlyElementsOf(registry.withPrincipal("CN=ada"));
		assertThat(unary(all.group("nobody")).toList()).isEmpty();
		assertThat(unary(all.principal("CN=nobody")).toList()).isEmpty();
	}

	@Test
	void theWaitingThreadDoesAllTheWork() {
		Thread caller = Thread.currentThread();
		List<Thread> threads = new ArrayList<>();
		List<FakeConnection> others = IntStream.range(0, 20)
			.mapToObj((number) -> FakeConnection
				.answering((call) -> CompletableFuture.runAsync(() -> call.answer(call.request()))))
			.toList();
		unary(to(others).concurrency(3)).forEach((answer) -> threads.add(Thread.currentThread()));
		assertThat(threads).hasSize(20).containsOnly(caller);
	}

	@Test
	void whatTheActionThrowsCancelsTheRest() {
		List<FakeConnection> mixed = List.of(echoing(), this.clients.get(0), this.clients.get(1));
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> unary(to(mixed).concurrency(2)).forEach((answer) -> {
				throw new IllegalStateException("enough");
			}))
			.withMessage("enough");
		assertThat(this.clients.get(0).call().end().getCode()).isEqualTo(Status.Code.CANCELLED);
		assertThat(this.clients.get(1).calls()).isEmpty();
	}

	@Test
	void anInterruptCancelsTheRestAndStays() {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> unary(to(this.clients).concurrency(1)).toList())
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.CANCELLED));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.clients.get(0).call().end().getCode()).isEqualTo(Status.Code.CANCELLED);
		assertThat(this.clients.get(1).calls()).isEmpty();
	}

	@Test
	void theFutureHasAllAnswers() {
		CompletableFuture<List<ClientAnswer<Payload>>> all = unary(to(this.clients).concurrency(2)).toFuture();
		this.clients.forEach((client) -> {
			assertThat(all).isNotDone();
			client.call().answer(QUESTION);
		});
		assertThat(all).isCompletedWithValueMatching((answers) -> answers.size() == 5);
	}

	@Test
	void toCancelTheFutureCancelsTheCalls() {
		CompletableFuture<List<ClientAnswer<Payload>>> all = unary(to(this.clients).concurrency(1)).toFuture();
		all.cancel(true);
		assertThat(this.clients.get(0).call().end().getCode()).isEqualTo(Status.Code.CANCELLED);
		assertThat(this.clients.get(1).calls()).isEmpty();
	}

	@Test
	void aSubscriberThatCancelsIsToldNoMore() {
		subscribe(to(this.clients).concurrency(2)).request(10);
		this.clients.get(0).call().answer(QUESTION);
		this.recorder.cancel();
		assertThat(this.clients.get(1).call().end().getCode()).isEqualTo(Status.Code.CANCELLED);
		assertThat(this.recorder.answers()).hasSize(1);
		assertThat(this.recorder.isComplete()).isFalse();
		assertThat(this.clients.get(3).calls()).isEmpty();
	}

	@Test
	void aSubscriberThatAsksForNothingIsToldSo() {
		subscribe(to(this.clients)).request(0);
		assertThat(this.recorder.failure()).isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("requested 0 answers");
		assertThat(this.clients).allSatisfy((client) -> assertThat(client.call().end()).isNotNull());
	}

	@Test
	void aSubscriberThatThrowsCancelsTheCalls() {
		unary(to(this.clients).concurrency(2)).subscribe(new Flow.Subscriber<>() {
			@Override
			public void onSubscribe(Flow.Subscription subscription) {
				subscription.request(Long.MAX_VALUE);
			}

			@Override
			public void onNext(ClientAnswer<Payload> answer) {
				throw new IllegalStateException("broken");
			}

			@Override
			public void onError(Throwable failure) {
			}

			@Override
			public void onComplete() {
			}
		});
		this.clients.get(0).call().answer(QUESTION);
		assertThat(this.clients.get(1).call().end().getCode()).isEqualTo(Status.Code.CANCELLED);
		assertThat(this.clients.get(2).calls()).isEmpty();
	}

	@Test
	void everyClientCanBeAskedSomethingElse() {
		subscribe(to(this.clients).callEach(ExerciseGrpc.getUnaryMethod(),
				(connection) -> Payloads.text(connection.id().toString())));
		assertThat(this.clients).allSatisfy(
				(client) -> assertThat(client.call().request()).isEqualTo(Payloads.text(client.id().toString())));
	}

	@Test
	void aRequestThatCannotBeMadeIsItsClientsAnswer() {
		List<FakeConnection> two = List.of(echoing(), echoing());
		List<ClientAnswer<Payload>> answers = to(two).callEach(ExerciseGrpc.getUnaryMethod(), (connection) -> {
			if (connection == two.get(0)) {
				throw new IllegalStateException("no request for it");
			}
			return QUESTION;
		}).toList();
		assertThat(answers).extracting((answer) -> answer.status().getCode())
			.containsExactly(Status.Code.UNKNOWN, Status.Code.OK);
		assertThat(answers.get(0).status().getCause()).hasMessage("no request for it");
	}

	@Test
	void aRequestThatCannotBeSentIsItsClientsAnswer() {
		List<ClientAnswer<Payload>> answers = to(this.clients.subList(0, 1))
			.callEach(ExerciseGrpc.getUnaryMethod(), (connection) -> null)
			.toList();
		assertThat(answers).singleElement().satisfies((answer) -> {
			assertThat(answer.status().getCode()).isEqualTo(Status.Code.UNKNOWN);
			assertThat(answer.status().getCause()).isInstanceOf(NullPointerException.class);
		});
		assertThat(this.clients.get(0).call().end().getCode()).isEqualTo(Status.Code.CANCELLED);
	}

	@Test
	void anOkWithoutAResponseIsAFailure() {
		subscribe(to(this.clients)).request(10);
		this.clients.get(0).call().answer();
		this.clients.get(1).call().answer(QUESTION, QUESTION);
		assertThat(this.recorder.answers()).extracting(ClientAnswer::status)
			.extracting(Status::getDescription)
			.containsExactly("the client answered a unary call with no response",
					"the client answered a unary call with several responses");
	}

	@Test
	void manyAnswersAtOnceNeedNoStack() {
		FakeConnection gone = FakeConnection.answering((call) -> call.end(Status.UNAVAILABLE));
		List<FakeConnection> many = IntStream.range(0, 100_000).mapToObj((number) -> gone).toList();
		unary(to(many)).subscribe(this.recorder);
		this.recorder.request(50_000);
		assertThat(this.recorder.answers()).hasSize(50_000);
		this.recorder.cancel();
	}

	@Test
	void onlyUnaryMethodsFanOut() {
		FanOut<?> fanOut = to(this.clients);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> fanOut.call(ExerciseGrpc.getServerStreamMethod(), QUESTION))
			.withMessage("brpc.test.Exercise/ServerStream is SERVER_STREAMING, a fan-out calls UNARY methods");
	}

	@Test
	void boundsThatAreNoneAreRefused() {
		FanOut<?> fanOut = to(this.clients);
		assertThatIllegalArgumentException().isThrownBy(() -> fanOut.concurrency(0))
			.withMessage("concurrency is 0, at least 1");
		assertThatIllegalArgumentException().isThrownBy(() -> fanOut.first(0)).withMessage("first is 0, at least 1");
		assertThatIllegalArgumentException().isThrownBy(() -> fanOut.deadline(Duration.ZERO))
			.withMessage("deadline is PT0S, more than zero");
		assertThatIllegalArgumentException().isThrownBy(() -> fanOut.deadlinePerCall(Duration.ofMillis(-1)))
			.withMessage("deadlinePerCall is PT-0.001S, more than zero");
		assertThatNullPointerException().isThrownBy(() -> fanOut.call(ExerciseGrpc.getUnaryMethod(), null));
	}

	private static FanOut<ExerciseBlockingStub> to(List<FakeConnection> clients) {
		return ClientStub.of(new FakeRegistry(), ExerciseGrpc::newBlockingStub).fanOut().to(clients);
	}

	private static FakeConnection echoing() {
		return FakeConnection.answering((call) -> call.answer(call.request()));
	}

	private static FanOutCall<Payload> unary(FanOut<?> fanOut) {
		return fanOut.call(ExerciseGrpc.getUnaryMethod(), QUESTION);
	}

	private AnswerRecorder subscribe(FanOut<?> fanOut) {
		return subscribe(unary(fanOut));
	}

	private AnswerRecorder subscribe(FanOutCall<Payload> call) {
		call.subscribe(this.recorder);
		return this.recorder;
	}

	private List<Boolean> asked() {
		return this.clients.stream().map((client) -> !client.calls().isEmpty()).toList();
	}

}
