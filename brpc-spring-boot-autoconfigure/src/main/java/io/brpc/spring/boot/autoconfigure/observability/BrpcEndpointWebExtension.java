package io.brpc.spring.boot.autoconfigure.observability;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Answers 404 over HTTP when there is no connection to end. Safe for use by any thread.
 */
@EndpointWebExtension(endpoint = BrpcEndpoint.class)
public final class BrpcEndpointWebExtension {

	private final BrpcEndpoint endpoint;

	BrpcEndpointWebExtension(BrpcEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Ends one connection.
	 * @param id the connection's ID
	 * @param drain whether calls in flight may finish; ended at once if null
	 * @return the connection as it was
	 */
	@DeleteOperation
	public WebEndpointResponse<ConnectionDescriptor> close(@Selector String id, @Nullable Boolean drain) {
		ConnectionDescriptor last = this.endpoint.close(id, drain);
		return (last != null) ? new WebEndpointResponse<>(last)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
