package io.brpc.benchmark.peer;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import io.brpc.benchmark.proto.Envelope;
import io.brpc.testing.proto.Payload;
import io.grpc.stub.StreamObserver;

/**
 * The server's end of one client's stream of envelopes. Sending is guarded by the
 * observer of the requests.
 */
final class TunnelCaller implements Caller, StreamObserver<Envelope> {

	private final AtomicLong numbers = new AtomicLong();

	private final Map<Long, Pending> pending = new ConcurrentHashMap<>();

	private final StreamObserver<Envelope> requests;

	private final Runnable onEnd;

	TunnelCaller(StreamObserver<Envelope> requests, Runnable onEnd) {
		this.requests = requests;
		this.onEnd = onEnd;
	}

	@Override
	public void call(Payload request, Answer answer) {
		send(Envelope.Kind.REQUEST, request, answer);
	}

	@Override
	public void stream(Payload request, Answer answer) {
		send(Envelope.Kind.STREAM_REQUEST, request, answer);
	}

	private void send(Envelope.Kind kind, Payload request, Answer answer) {
		long number = this.numbers.incrementAndGet();
		this.pending.put(number, new Pending(answer));
		Envelope envelope = TunnelMessages.request(number, kind, request);
		synchronized (this.requests) {
			this.requests.onNext(envelope);
		}
	}

	@Override
	public void onNext(Envelope envelope) {
		if (envelope.getKind() == Envelope.Kind.LAST_ANSWER) {
			Pending ended = this.pending.remove(envelope.getNumber());
			if (ended != null) {
				ended.answer.ended(ended.bytes + envelope.getData().size(), null);
			}
		}
		else {
			Pending running = this.pending.get(envelope.getNumber());
			if (running != null) {
				running.bytes += envelope.getData().size();
			}
		}
	}

	@Override
	public void onError(Throwable failure) {
		this.onEnd.run();
		this.pending.values().forEach((waiting) -> waiting.answer.ended(waiting.bytes, failure));
	}

	@Override
	public void onCompleted() {
		onError(new IllegalStateException("the client has detached"));
	}

	private static final class Pending {

		private final Answer answer;

		private long bytes;

		Pending(Answer answer) {
			this.answer = answer;
		}

	}

}
