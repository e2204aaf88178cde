package io.brpc.internal.brpc2;

import io.brpc.internal.brpc2.frame.MetadataCodec;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.Status;

/**
 * What a handler holds of a call of the peer: it checks in what order it is used, makes
 * bytes of responses, and hands all on to the event loop's {@link InboundCall}.
 * <p>
 * The handler's, which calls one method at a time, from any thread.
 *
 * @param <Q> the request's type
 * @param <R> the response's type
 */
final class ServedCall<Q, R> extends ServerCall<Q, R> {

	private final CallSession session;

	private final InboundCall<Q, R> call;

	private final MethodDescriptor<Q, R> method;

	/**
	 * Whether the call has a stream of its own, on which headers and messages go ahead of
	 * the answer.
	 */
	private final boolean ahead;

	/**
	 * Initial metadata that travel with the answer.
	 */
	private Encoded headers = Encoded.NONE;

	private boolean headersSent;

	private boolean messageSent;

	private boolean closeCalled;

	ServedCall(CallSession session, InboundCall<Q, R> call, MethodDescriptor<Q, R> method, boolean ahead) {
		this.session = session;
		this.call = call;
		this.method = method;
		this.ahead = ahead;
	}

	@Override
	public void request(int count) {
		this.call.request().request(count);
	}

	@Override
	public void sendHeaders(Metadata headers) {
		if (this.headersSent) {
			throw new IllegalStateException("sendHeaders has already been called");
		}
		if (this.closeCalled) {
			throw new IllegalStateException("call is closed");
		}
		this.headersSent = true;
		Encoded encoded = MetadataCodec.encode(headers);
		if (!this.ahead) {
			this.headers = encoded;
		}
		else if (!this.call.isCancelled()) {
			this.session.turn().execute(() -> this.call.sendHeaders(encoded));
		}
	}

	@Override
	public void sendMessage(R message) {
		if (!this.headersSent) {
			throw new IllegalStateException("sendHeaders has not been called");
		}
		if (this.closeCalled) {
			throw new IllegalStateException("call is closed");
		}
		if (this.call.isCancelled()) {
			return;
		}
		if (this.messageSent && sendsOneMessage()) {
			this.call.failLater(Status.INTERNAL.withDescription("Too many responses"));
			return;
		}
		this.messageSent = true;
		Payload payload;
		try {
			payload = this.call.messages().payload(this.method.getResponseMarshaller(), message);
		}
		catch (RuntimeException ex) {
			close(Status.fromThrowable(ex), new Metadata());
			return;
		}
		if (this.session.budget().tryAdd(payload.length())) {
			send(payload);
		}
		else {
			this.call.failLater(this.session.budget().refusal(payload.length()));
		}
	}

	/**
	 * A method that streams has come on a lane if the peer is mistaken.
	 */
	private boolean sendsOneMessage() {
		return !this.ahead || this.method.getType().serverSendsOneMessage();
	}

	private void send(Payload payload) {
		CallTracers tracers = this.call.tracers();
		if (tracers != null) {
			tracers.sent(payload);
		}
		SentMessages messages = this.call.messages();
		if (this.ahead) {
			messages.add(payload.length());
			this.session.turn().execute(() -> this.call.send(payload));
		}
		else if (messages.keep(payload) && this.call.isCancelled()) {
			// The call has ended since that was asked, and has found nothing to drop.
			this.session.turn().execute(messages::dropKept);
		}
	}

	@Override
	public void close(Status status, Metadata trailers) {
		if (this.closeCalled) {
			throw new IllegalStateException("call already closed");
		}
		this.closeCalled = true;
		if (status.isOk() && !this.messageSent && sendsOneMessage()) {
			this.call.failLater(Status.INTERNAL.withDescription("Completed without a response"));
			return;
		}
		Encoded encoded = MetadataCodec.encode(trailers);
		this.session.turn().execute(() -> this.call.close(this.headers, status, encoded));
	}

	/**
	 * The handler has thrown.
	 * @param failure what
	 * @return whether that is a way to end its call
	 */
	boolean endedBy(Throwable failure) {
		Status status = this.session.service().statusOf(failure);
		if (status == null || this.closeCalled) {
			return false;
		}
		close(status, new Metadata());
		return true;
	}

	@Override
	public boolean isReady() {
		return !this.closeCalled && !this.call.isAnswered() && this.call.messages().isReady();
	}

	@Override
	public boolean isCancelled() {
		return this.call.isCancelled();
	}

	@Override
	public void setMessageCompression(boolean enabled) {
		this.call.messages().enableCompression(enabled);
	}

	@Override
	public void setCompression(String name) {
		if (this.headersSent) {
			throw new IllegalStateException("sendHeaders has been called");
		}
		this.call.messages().compressWith(this.session.encodings().ofAnswers(name));
	}

	@Override
	public void setOnReadyThreshold(int bytes) {
		if (bytes <= 0) {
			throw new IllegalArgumentException("onReadyThreshold is " + bytes + ", at least 1");
		}
		this.call.messages().readyBelow(bytes);
	}

	@Override
	public SecurityLevel getSecurityLevel() {
		return SecurityLevel.PRIVACY_AND_INTEGRITY;
	}

	@Override
	public Attributes getAttributes() {
		return this.session.owner().attributes();
	}

	@Override
	public MethodDescriptor<Q, R> getMethodDescriptor() {
		return this.method;
	}

}
