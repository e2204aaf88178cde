package io.brpc.testing;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.google.protobuf.ByteString;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A call of any kind with a plan, and what may come of it: some are cancelled or short of
 * time at a random moment. Safe for use by any thread.
 */
public final class ModelCall extends ClientCall.Listener<Payload> {

	private static final List<MethodDescriptor<Payload, Payload>> METHODS = List.of(ExerciseGrpc.getUnaryMethod(),
			ExerciseGrpc.getUnaryMethod(), ExerciseGrpc.getServerStreamMethod(), ExerciseGrpc.getClientStreamMethod(),
			ExerciseGrpc.getBidiStreamMethod());

	private final Random random;

	private final MethodDescriptor<Payload, Payload> method;

	private final Payload request;

	private final int requests;

	private final boolean cancels;

	private final boolean hurries;

	private final AtomicInteger closes = new AtomicInteger();

	private final AtomicInteger messages = new AtomicInteger();

	private final CompletableFuture<Status> status = new CompletableFuture<>();

	private volatile Payload wrong;

	/**
	 * Plans a call.
	 * @param seed decides all of it
	 */
	public ModelCall(long seed) {
		this.random = new Random(seed);
		this.method = METHODS.get(this.random.nextInt(METHODS.size()));
		int size = (this.random.nextInt(8) == 0) ? 100_000 : this.random.nextInt(3000);
		int fate = this.random.nextInt(10);
		this.cancels = fate >= 6 && this.random.nextBoolean();
		this.hurries = fate >= 6 && !this.cancels;
		String text = (fate == 0) ? "fail" : (fate >= 8) ? "silent" : "answer";
		this.requests = this.method.getType().clientSendsOneMessage() ? 1 : 1 + this.random.nextInt(4);
		this.request = Payload.newBuilder()
			.setText(text)
			.setCount(1 + this.random.nextInt(4))
			.setData(ByteString.copyFrom(new byte[size]))
			.build();
	}

	/**
	 * Makes the call.
	 * @param channel to a peer that serves {@link UnsteadyService}
	 */
	public void start(Channel channel) {
		CallOptions options = this.hurries
				? CallOptions.DEFAULT.withDeadlineAfter(this.random.nextInt(30_000), TimeUnit.MICROSECONDS)
				: CallOptions.DEFAULT;
		ClientCall<Payload, Payload> call = channel.newCall(this.method, options);
		call.start(this, new Metadata());
		call.request(100);
		for (int i = 0; i < this.requests; i++) {
			call.sendMessage(this.request);
		}
		call.halfClose();
		if (this.cancels) {
			if (this.random.nextBoolean()) {
				call.cancel("at once", null);
			}
			else {
				CompletableFuture.delayedExecutor(this.random.nextInt(20_000), TimeUnit.MICROSECONDS)
					.execute(() -> call.cancel("later", null));
			}
		}
	}

	/**
	 * Waits for its end, and checks that it is one that the plan allows.
	 */
	public void awaitEnd() throws Exception {
		Status status = this.status.get(60, TimeUnit.SECONDS);
		assertThat(this.wrong).as("a message that nobody sent").isNull();
		assertThat(this.closes).hasValue(1);
		String text = this.request.getText();
		switch (status.getCode()) {
			case OK -> {
				assertThat(text).isEqualTo("answer");
				assertThat(this.messages).hasValue(expectedMessages());
			}
			case ABORTED -> assertThat(text).isEqualTo("fail");
			case CANCELLED -> assertThat(this.cancels).isTrue();
			case DEADLINE_EXCEEDED -> assertThat(this.hurries).isTrue();
			default -> assertThat(status).as("how the call ended").isNull();
		}
	}

	private int expectedMessages() {
		return switch (this.method.getType()) {
			case UNARY, CLIENT_STREAMING -> 1;
			case SERVER_STREAMING -> this.request.getCount();
			default -> this.requests + 1;
		};
	}

	@Override
	public void onMessage(Payload message) {
		this.messages.incrementAndGet();
		if (!message.equals(this.request)) {
			this.wrong = message;
		}
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		this.closes.incrementAndGet();
		this.status.complete(status);
	}

}
