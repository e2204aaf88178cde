package io.brpc;

import java.util.Objects;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * How one client's part of a {@linkplain FanOut fan-out} ended: with a response, or with
 * the {@link Status} that its call failed with.
 * <p>
 * Immutable.
 *
 * @param <A> the response's type
 * @param connection the client that was called, or was to be called
 * @param status {@code OK} exactly if there is a response. {@code UNAVAILABLE} if the
 * client went away meanwhile, {@code DEADLINE_EXCEEDED} if it did not answer in time or
 * time was up before its turn came (then the description begins with {@code not called}),
 * {@code CANCELLED} if the call in whose handler the fan-out was made was cancelled, and
 * whatever else a call can end with
 * @param response what the client answered; null if its call failed
 */
public record ClientAnswer<A>(BrpcConnection connection, Status status, @Nullable A response) {

	/**
	 * Checks that there is a response exactly if the status is OK.
	 * @throws IllegalArgumentException if it is not so
	 */
	public ClientAnswer {
		Objects.requireNonNull(connection, "connection");
		if (status.isOk() != (response != null)) {
			throw new IllegalArgumentException("status is " + status + ", response is " + response);
		}
	}

	/**
	 * Tells whether the client answered.
	 * @return whether there is a response
	 */
	public boolean isOk() {
		return this.status.isOk();
	}

	/**
	 * Returns the response.
	 * @return what the client answered
	 * @throws io.grpc.StatusRuntimeException with the status if the call failed
	 */
	public A orElseThrow() {
		if (this.response == null) {
			throw this.status.asRuntimeException();
		}
		return this.response;
	}

}
