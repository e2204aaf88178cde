package io.brpc;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Makes one {@link ClientAnswer} of what happens to one unary call. gRPC calls a listener
 * from one thread at a time; {@link #give} and {@link #endWith} may be called by another.
 */
final class UnaryAnswer<A> extends ClientCall.Listener<A> {

	private final AtomicBoolean given = new AtomicBoolean();

	private final BrpcConnection connection;

	private final Consumer<ClientAnswer<A>> answered;

	private @Nullable A response;

	private boolean several;

	private volatile @Nullable Status end;

	UnaryAnswer(BrpcConnection connection, Consumer<ClientAnswer<A>> answered) {
		this.connection = connection;
		this.answered = answered;
	}

	void start(ClientCall<?, A> call) {
		call.start(this, new Metadata());
		// One more than there should be, to notice that there are more.
		call.request(2);
	}

	@Override
	public void onMessage(A message) {
		this.several = this.response != null;
		this.response = message;
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		Status end = this.end;
		if (end != null) {
			give(end);
		}
		else if (!status.isOk()) {
			give(status);
		}
		else if (this.response == null || this.several) {
			give(Status.INTERNAL.withDescription(
					"the client answered a unary call with " + (this.several ? "several responses" : "no response")));
		}
		else {
			give(new ClientAnswer<>(this.connection, status, this.response));
		}
	}

	/**
	 * Sets what the answer is when the call ends, whatever it ends with.
	 * @param status a failure
	 */
	void endWith(Status status) {
		this.end = status;
	}

	/**
	 * Gives the answer now, if none was given.
	 * @param status a failure
	 */
	void give(Status status) {
		give(new ClientAnswer<>(this.connection, status, null));
	}

	private void give(ClientAnswer<A> answer) {
		if (this.given.compareAndSet(false, true)) {
			this.answered.accept(answer);
		}
	}

}
