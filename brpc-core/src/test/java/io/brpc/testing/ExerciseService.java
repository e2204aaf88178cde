package io.brpc.testing;

import java.util.function.UnaryOperator;
import java.util.zip.CRC32;

import com.google.protobuf.ByteString;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * All four kinds of call, in their plainest form: unary and bidirectional calls answer
 * with what they got, a server stream repeats its request, a client stream is counted and
 * summed up. Stateless; tests override what they want otherwise.
 */
public class ExerciseService extends ExerciseGrpc.ExerciseImplBase {

	private final UnaryOperator<Payload> answer;

	public ExerciseService() {
		this(UnaryOperator.identity());
	}

	/**
	 * Makes a service that changes what it answers.
	 * @param answer makes a response of what would have been one; may block
	 */
	public ExerciseService(UnaryOperator<Payload> answer) {
		this.answer = answer;
	}

	@Override
	public void unary(Payload request, StreamObserver<Payload> responses) {
		responses.onNext(this.answer.apply(request));
		responses.onCompleted();
	}

	/**
	 * Sends the request {@code count} times, numbered from 0, as fast as the caller
	 * reads.
	 */
	@Override
	public void serverStream(Payload request, StreamObserver<Payload> responses) {
		Payload response = this.answer.apply(request);
		Feed.into((ServerCallStreamObserver<Payload>) responses, request.getCount(),
				(number) -> response.toBuilder().setCount(number).build());
	}

	/**
	 * Answers with the number of messages, the last one's text, and {@link Checksum}.
	 */
	@Override
	public StreamObserver<Payload> clientStream(StreamObserver<Payload> responses) {
		Checksum checksum = new Checksum();
		return new StreamObserver<>() {

			private int count;

			private String text = "";

			@Override
			public void onNext(Payload message) {
				this.count++;
				this.text = message.getText();
				checksum.add(message);
			}

			@Override
			public void onError(Throwable failure) {
			}

			@Override
			public void onCompleted() {
				responses.onNext(ExerciseService.this.answer.apply(Payload.newBuilder()
					.setCount(this.count)
					.setText(this.text)
					.setData(checksum.bytes())
					.build()));
				responses.onCompleted();
			}

		};
	}

	@Override
	public StreamObserver<Payload> bidiStream(StreamObserver<Payload> responses) {
		return new StreamObserver<>() {
			@Override
			public void onNext(Payload message) {
				responses.onNext(ExerciseService.this.answer.apply(message));
			}

			@Override
			public void onError(Throwable failure) {
			}

			@Override
			public void onCompleted() {
				responses.onCompleted();
			}
		};
	}

	/**
	 * CRC-32 of the data of all messages in order. Not safe for use by several threads.
	 */
	public static final class Checksum {

		private final CRC32 crc = new CRC32();

		public void add(Payload message) {
			this.crc.update(message.getData().asReadOnlyByteBuffer());
		}

		public ByteString bytes() {
			return ByteString.copyFromUtf8(Long.toHexString(this.crc.getValue()));
		}

	}

}
