package io.brpc.spring.boot.autoconfigure.observability;

import io.micrometer.core.instrument.binder.grpc.GrpcClientObservationContext;
import io.micrometer.core.instrument.binder.grpc.GrpcServerObservationContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;

/**
 * Adds the direction to every observation of a gRPC call, whatever convention made it. It
 * does so when the observation starts, which is in the call's own context; when it stops
 * may be anywhere.
 * <p>
 * Safe for use by any thread.
 */
final class CallDirectionHandler implements ObservationHandler<Observation.Context> {

	private static final String FORWARD_SCHEME = "brpc:";

	private static final String CALLBACK_AUTHORITY = "brpc";

	private final CurrentConnection current;

	CallDirectionHandler(CurrentConnection current) {
		this.current = current;
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof GrpcServerObservationContext || context instanceof GrpcClientObservationContext;
	}

	@Override
	public void onStart(Observation.Context context) {
		CallDirection direction = (context instanceof GrpcClientObservationContext client) ? made(client) : served();
		context.addLowCardinalityKeyValue(direction.keyValue());
	}

	private CallDirection served() {
		if (this.current.forward().isPresent()) {
			return CallDirection.FORWARD;
		}
		return this.current.reverse().isPresent() ? CallDirection.REVERSE : CallDirection.NONE;
	}

	private static CallDirection made(GrpcClientObservationContext call) {
		String authority = String.valueOf(call.getAuthority());
		if (authority.startsWith(FORWARD_SCHEME)) {
			return CallDirection.FORWARD;
		}
		return authority.equals(CALLBACK_AUTHORITY) ? CallDirection.REVERSE : CallDirection.NONE;
	}

}
