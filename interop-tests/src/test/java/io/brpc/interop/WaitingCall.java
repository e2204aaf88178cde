package io.brpc.interop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * A call whose handler waits until it is cancelled. Safe for use by any thread.
 */
final class WaitingCall extends ClientCall.Listener<Payload> {

	private final CompletableFuture<Status> status = new CompletableFuture<>();

	private final ClientCall<Payload, Payload> call;

	private WaitingCall(ClientCall<Payload, Payload> call) {
		this.call = call;
	}

	/**
	 * Makes a call.
	 * @param channel where to
	 * @param kind {@code unary}, which goes on a lane, or {@code stream}, which has a
	 * stream of its own
	 * @param options of the call
	 * @return the call
	 */
	static WaitingCall start(Channel channel, String kind, CallOptions options) {
		WaitingCall call = new WaitingCall(channel.newCall(
				"unary".equals(kind) ? ExerciseGrpc.getUnaryMethod() : ExerciseGrpc.getServerStreamMethod(), options));
		call.call.start(call, new Metadata());
		call.call.request(2);
		call.call.sendMessage(Payload.newBuilder().setText("wait").build());
		call.call.halfClose();
		return call;
	}

	void cancel() {
		this.call.cancel("the test cancels it", null);
	}

	Status status() throws Exception {
		return this.status.get(GoFrameTests.DEADLINE_SECONDS, TimeUnit.SECONDS);
	}

	@Override
	public void onClose(Status status, Metadata trailers) {
		this.status.complete(status);
	}

}
