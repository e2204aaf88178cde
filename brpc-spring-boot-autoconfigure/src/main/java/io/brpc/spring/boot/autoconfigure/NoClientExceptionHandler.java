package io.brpc.spring.boot.autoconfigure;

import java.util.concurrent.CompletionException;

import io.brpc.NoClientException;
import io.grpc.StatusException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.exception.GrpcExceptionHandler;

/**
 * Ends a call with what a {@link NoClientException} says, over TCP as over QUIC. Comes
 * before handlers without an order, so that one for all exceptions does not take it for a
 * fault. Stateless.
 */
@Order(0)
final class NoClientExceptionHandler implements GrpcExceptionHandler {

	@Override
	public @Nullable StatusException handleException(Throwable exception) {
		if (exception instanceof CompletionException && exception.getCause() instanceof NoClientException awaited) {
			return awaited.getStatus().asException();
		}
		return (exception instanceof NoClientException noClient) ? noClient.getStatus().asException() : null;
	}

}
