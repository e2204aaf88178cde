package io.brpc.benchmark.peer;

import io.brpc.benchmark.proto.Envelope;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;

/**
 * The client's end of its stream of envelopes: answers what the server asks. Confined to
 * the channel's event loop.
 */
final class TunnelServed implements ClientResponseObserver<Envelope, Envelope> {

	private ClientCallStreamObserver<Envelope> answers;

	private Envelope streaming = Envelope.getDefaultInstance();

	private int left;

	@Override
	public void beforeStart(ClientCallStreamObserver<Envelope> answers) {
		this.answers = answers;
		answers.setOnReadyHandler(this::pump);
	}

	@Override
	public void onNext(Envelope request) {
		if (request.getKind() == Envelope.Kind.REQUEST) {
			this.answers.onNext(TunnelMessages.answer(request, true));
		}
		else {
			this.streaming = request;
			this.left = request.getCount();
			pump();
		}
	}

	private void pump() {
		while (this.left > 0 && this.answers.isReady()) {
			this.left--;
			this.answers.onNext(TunnelMessages.answer(this.streaming, this.left == 0));
		}
	}

	@Override
	public void onError(Throwable failure) {
		// The process is about to end, or its calls will say what is wrong.
	}

	@Override
	public void onCompleted() {
		this.answers.onCompleted();
	}

}
