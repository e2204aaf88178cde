package io.brpc.internal.brpc2;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

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

	private final CallSession session;

	private final MethodDescriptor<?, ?> method;

	private final CallOptions options;

	private final Executor executor;

	private final Consumer<Metadata> onApplied;

	private final Consumer<Status> onFailed;

	CallAuthorization(CallSession session, MethodDescriptor<?, ?> method, CallOptions options, Executor executor,
			Consumer<Metadata> onApplied, Consumer<Status> onFailed) {
		this.session = session;
		this.method = method;
		this.options = options;
		this.executor = executor;
		this.onApplied = onApplied;
		this.onFailed = onFailed;
	}

	/**
	 * Asks. Exactly one of the two consumers is told, at once or later.
	 * @param credentials whom
	 */
	void apply(CallCredentials credentials) {
		Applier applier = new Applier();
		try {
			credentials.applyRequestMetadata(this, this.executor, applier);
		}
		catch (RuntimeException ex) {
			applier.fail(Status.UNAUTHENTICATED
				.withDescription("Credentials should use fail() instead of throwing exceptions")
				.withCause(ex));
		}
	}

	@Override
	public MethodDescriptor<?, ?> getMethodDescriptor() {
		return this.method;
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
		return (own != null) ? own : this.session.owner().authority();
	}

	@Override
	public Attributes getTransportAttrs() {
		return this.session.owner().attributes();
	}

	/**
	 * Takes what the credentials say first.
	 */
	private final class Applier extends CallCredentials.MetadataApplier {

		private final AtomicBoolean told = new AtomicBoolean();

		@Override
		public void apply(Metadata headers) {
			if (this.told.compareAndSet(false, true)) {
				CallAuthorization.this.onApplied.accept(headers);
			}
		}

		@Override
		public void fail(Status status) {
			if (this.told.compareAndSet(false, true)) {
				CallAuthorization.this.onFailed.accept(status);
			}
		}

	}

}
