package io.brpc.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.ByteString;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

/**
 * Makes one call of each kind, and puts the texts of all answers into one line. The Go
 * peer does the same.
 * <p>
 * Immutable. Blocks.
 */
final class ExerciseCalls {

	private static final long TIMEOUT_SECONDS = 20;

	private final Channel channel;

	private final ByteString data;

	/**
	 * Prepares calls.
	 * @param channel where to
	 * @param dataBytes how many bytes go in each message; they have to come back
	 */
	ExerciseCalls(Channel channel, int dataBytes) {
		this.channel = channel;
		this.data = ByteString.copyFrom(new byte[dataBytes]);
	}

	/**
	 * Returns what {@link #kinds} returns when a service of some name answers.
	 * @param name the service's name
	 * @param suffix what each answer ends with
	 * @return the answers
	 */
	static String answers(String name, String suffix) {
		return "%1$s:u%2$s %1$s:s0%2$s,%1$s:s1%2$s,%1$s:s2%2$s %1$s:c0+c1+c2%2$s %1$s:b0%2$s,%1$s:b1%2$s"
			.formatted(name, suffix);
	}

	/**
	 * Calls.
	 * @return the answers to a unary call, a server stream, a client stream and a
	 * bidirectional stream
	 * @throws StatusRuntimeException if one of the calls fails
	 */
	String kinds() {
		return String.join(" ", unary(), serverStream(), clientStream(), bidiStream());
	}

	private String unary() {
		return text(ExerciseGrpc.newBlockingStub(this.channel)
			.withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
			.unary(request("u")));
	}

	private String serverStream() {
		List<String> texts = new ArrayList<>();
		ExerciseGrpc.newBlockingStub(this.channel)
			.withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
			.serverStream(request("s"))
			.forEachRemaining((response) -> texts.add(text(response)));
		return String.join(",", texts);
	}

	private String clientStream() {
		Responses responses = new Responses();
		StreamObserver<Payload> requests = stub().clientStream(responses);
		for (String text : List.of("c0", "c1", "c2")) {
			requests.onNext(request(text));
		}
		requests.onCompleted();
		Payload response = responses.next();
		responses.end();
		return response.getText();
	}

	private String bidiStream() {
		List<String> texts = new ArrayList<>();
		Responses responses = new Responses();
		StreamObserver<Payload> requests = stub().bidiStream(responses);
		for (String text : List.of("b0", "b1")) {
			requests.onNext(request(text));
			texts.add(text(responses.next()));
		}
		requests.onCompleted();
		responses.end();
		return String.join(",", texts);
	}

	private ExerciseGrpc.ExerciseStub stub() {
		return ExerciseGrpc.newStub(this.channel).withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
	}

	private Payload request(String text) {
		return Payload.newBuilder().setText(text).setCount(3).setData(this.data).build();
	}

	private String text(Payload response) {
		if (!response.getData().equals(this.data)) {
			throw new IllegalStateException(
					"sent " + this.data.size() + " bytes, got other " + response.getData().size() + " bytes back");
		}
		return response.getText();
	}

	/**
	 * The responses of a streaming call, to be waited for one by one.
	 */
	private static final class Responses implements StreamObserver<Payload> {

		private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

		@Override
		public void onNext(Payload response) {
			this.events.add(response);
		}

		@Override
		public void onError(Throwable failure) {
			this.events.add(Status.fromThrowable(failure));
		}

		@Override
		public void onCompleted() {
			this.events.add(Status.OK);
		}

		Payload next() {
			Object event = take();
			if (event instanceof Payload response) {
				return response;
			}
			throw ((Status) event).asRuntimeException();
		}

		void end() {
			Object event = take();
			if (event instanceof Payload) {
				throw new IllegalStateException("one response too many");
			}
			Status status = (Status) event;
			if (!status.isOk()) {
				throw status.asRuntimeException();
			}
		}

		private Object take() {
			try {
				Object event = this.events.poll(2 * TIMEOUT_SECONDS, TimeUnit.SECONDS);
				return (event != null) ? event : Status.INTERNAL.withDescription("a call outlived its deadline");
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return Status.CANCELLED.withCause(ex);
			}
		}

	}

}
