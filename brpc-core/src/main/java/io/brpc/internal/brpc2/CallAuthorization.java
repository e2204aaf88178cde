package io.brpc.internal.brpc2;

import java.util.concurrent.atomic.AtomicBoolean;

import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Status;

/**
 * Asks the credentials of a call for their metadata. Safe for use by any thread.
 */
final class CallAuthorization extends CallCredentials.RequestInfo {

	private final OutboundCall<?, ?> call;

	private final CallOptions options;

	private final Metadata headers;

	/**
	 * Makes a request for metadata.
	 * @param call the call, which goes on when it is granted
	 * @param options its options
	 * @param headers its metadata so far
	 */
	CallAuthorization(OutboundCall<?, ?> call, CallOptions options, Metadata headers) {
		this.call = call;
		this.options = options;
		this.headers = headers;
	}

	/**
	 * Asks. At once or later, the call goes on or fails.
	 * @param credentials whom
	 */
	void apply(CallCredentials credentials) {
		Applier applier = new Applier();
		try {
			credentials.applyRequestMetadata(this, AnswerDelivery.executor(this.call.session(), this.options), applier);
		}
		catch (RuntimeException ex) {
			applier.fail(Status.UNAUTHENTICATED
				.withDescription("Credentials should use fail() instead of throwing exceptions")
				.withCause(ex));
		}
	}

	@Override
	public MethodDescriptor<?, ?> getMethodDescriptor() {
		return this.call.method();
	}

	@Override
	public CallOptions getCallOptions() {
		return this.options;
	}

	@Override
	public SecurityLevel getSecurityLevel() {
		return SecurityLevel.PRIVACY_AND_INTEGRITY;
	}

	@Override
	public String getAuthority() {
		String own = this.options.getAuthority();
		return (own != null) ? own : this.call.session().owner().authority();
	}

	@Override
	public Attributes getTransportAttrs() {
		return this.call.session().owner().attributes();
	}

	private void granted(Metadata granted) {
		if (!this.call.isOver()) {
			this.headers.merge(granted);
			this.call.authorized(this.headers);
		}
	}

	/**
	 * Takes what the credentials say first.
	 */
	private final class Applier extends CallCredentials.MetadataApplier {

		private final AtomicBoolean told = new AtomicBoolean();

		@Override
		public void apply(Metadata headers) {
			if (this.told.compareAndSet(false, true)) {
				CallAuthorization.this.call.session().turn().execute(() -> granted(headers));
			}
		}

		@Override
		public void fail(Status status) {
			if (this.told.compareAndSet(false, true)) {
				CallAuthorization.this.call.failLater(status);
			}
		}

	}

}
