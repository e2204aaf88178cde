package io.brpc.internal.connection;

import io.brpc.ConnectionId;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Puts the connection that a call came on into the call's {@link Context}. The transport
 * knows which one it is; what the call's metadata says is only checked against that,
 * because any client can write anything there. On brpc/1 it runs before every other
 * interceptor; a session of brpc/2 asks it before the call has begun.
 * <p>
 * Immutable.
 */
final class CallerInterceptor implements ServerInterceptor {

	private final Context.Key<Connection> current;

	private final int maxDepth;

	CallerInterceptor(Context.Key<Connection> current, int maxDepth) {
		this.current = current;
		this.maxDepth = maxDepth;
	}

	@Override
	public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
			ServerCallHandler<Q, A> next) {
		Connection connection = PeerAddress.connectionOf(call.getAttributes());
		if (connection == null) {
			return next.startCall(call, headers);
		}
		CallChain chain = CallChain.arriving(headers, call.getMethodDescriptor());
		Status refusal = refusal(chain, headers, connection);
		if (refusal != null) {
			call.close(refusal, new Metadata());
			return new ServerCall.Listener<>() {
			};
		}
		return Contexts.interceptCall(chain.in(in(Context.current(), connection)), call, headers, next);
	}

	/**
	 * Tells why a call is not served.
	 * @param chain the calls that led to it
	 * @param headers its metadata
	 * @param connection what it came on
	 * @return the status to end the call with, or null if it is served
	 */
	@Nullable Status refusal(CallChain chain, Metadata headers, Connection connection) {
		Status refusal = chain.refusal(this.maxDepth);
		return (refusal != null) ? refusal : check(headers, connection);
	}

	/**
	 * Makes a connection the current one.
	 * @param context of handlers
	 * @param connection what their calls came on
	 * @return the context with the connection
	 */
	Context in(Context context, Connection connection) {
		return context.withValue(this.current, connection);
	}

	private static @Nullable Status check(Metadata headers, Connection connection) {
		Iterable<String> claims = headers.getAll(ConnectionId.HEADER);
		if (claims == null) {
			return null;
		}
		for (String claim : claims) {
			Status refusal = check(claim, connection);
			if (refusal != null) {
				return refusal;
			}
		}
		return null;
	}

	private static @Nullable Status check(String claim, Connection connection) {
		if (claim.equals(connection.idText())) {
			return null;
		}
		ConnectionId id = connection.id();
		try {
			if (ConnectionId.parse(claim).equals(id)) {
				return null;
			}
			return Status.PERMISSION_DENIED.withDescription(ConnectionId.HEADER.name()
					+ " names another connection than the one that the call came on, which is " + id);
		}
		catch (IllegalArgumentException ex) {
			return Status.INVALID_ARGUMENT.withDescription(ConnectionId.HEADER.name() + ": " + ex.getMessage());
		}
	}

}
