package io.brpc.internal.connection;

import java.util.concurrent.Executor;

import io.grpc.Attributes;
import io.grpc.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Where the calls of a client go that speaks several wires. Safe for use by any thread.
 */
interface ForwardRoutes {

	/**
	 * Returns the way to the server that does not lead through gRPC's channel.
	 * @return makes calls on the connection that calls go to now; null if there is none,
	 * or if gRPC's channel is the way
	 */
	@Nullable Channel direct();

	/**
	 * Returns the same, for the connection that gRPC has chosen.
	 * @param transport the attributes of gRPC's transport
	 * @return makes calls on that connection; null if gRPC's channel does
	 */
	@Nullable Channel direct(Attributes transport);

	/**
	 * Returns where to go on that is not in the middle of gRPC's own work.
	 * @return an executor that does not run things at once
	 */
	Executor loop();

	/**
	 * Returns what runs the application's code of calls that name no executor.
	 * @return an executor, which may be direct
	 */
	Executor answers();

}
