package io.brpc;

import java.util.function.Function;

import io.grpc.Channel;

/**
 * Makes stubs that call services of a connected client. <pre>{@code
 * ClientStub<NamerBlockingStub> namer = ClientStub.of(server.connections(), NamerGrpc::newBlockingStub);
 * // in a handler:
 * NameResponse response = namer.get().name(request);
 * }</pre> A nested call inherits deadline and cancellation from the call in whose
 * {@link io.grpc.Context} it is made.
 * <p>
 * Safe for use by any thread. Stubs may be kept, but each is pinned to one connection;
 * when that is gone, its calls fail with {@code UNAVAILABLE}.
 *
 * @param <C> the stub's type, any that generated code has
 */
public interface ClientStub<C> {

	/**
	 * Returns a stub for the client whose call is being handled.
	 * @return a stub pinned to that client's connection
	 * @throws NoClientException with {@code FAILED_PRECONDITION} outside a call, and in a
	 * call that did not come over a brpc connection
	 */
	C get();

	/**
	 * Returns a stub for the client of a connection.
	 * @param id the connection's ID
	 * @return a stub pinned to that connection
	 * @throws NoClientException with {@code NOT_FOUND} if there is no such connection, or
	 * no longer
	 */
	C forConnection(ConnectionId id);

	/**
	 * Returns a stub for the one client of a principal.
	 * @param name the name of {@link BrpcConnection#principal()}
	 * @return a stub pinned to that client's connection
	 * @throws NoClientException with {@code NOT_FOUND} if that client is not connected,
	 * and with {@code FAILED_PRECONDITION} and their number if several connections have
	 * that principal
	 */
	C forPrincipal(String name);

	/**
	 * Returns a stub for one of the clients in a group, another one each time: who is in
	 * the group and ready is taken in turn, for each {@code ClientStub} apart.
	 * @param group the group's name
	 * @return a stub pinned to that client's connection
	 * @throws NoClientException with {@code NOT_FOUND} if nobody is in the group
	 * @see BrpcConnection#joinGroup(String)
	 */
	C any(String group);

	/**
	 * Calls many clients and collects their answers.
	 * @return a fan-out to all clients, to be narrowed and bounded
	 */
	FanOut<C> fanOut();

	/**
	 * Makes stubs with the factory method of generated code.
	 * @param <C> the stub's type
	 * @param connections where the clients are
	 * @param factory such as {@code NamerGrpc::newBlockingStub}; called once per stub
	 * @return the maker of stubs
	 */
	static <C> ClientStub<C> of(ConnectionRegistry connections, Function<Channel, C> factory) {
		return new RegistryClientStub<>(connections, factory);
	}

}
