package io.brpc.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.brpc.ConnectionRegistry;
import io.grpc.Server;
import io.grpc.ServerCredentials;

/**
 * A gRPC server whose clients come over QUIC and can be called back. Made by
 * {@link BrpcServerBuilder}.
 * <p>
 * {@link #shutdown()} drains: new connections are refused, clients are told to go (HTTP/2
 * GOAWAY, RFC 9113, section 6.8), calls in flight in both directions finish, handlers may
 * still call back, and then each connection closes. {@link #shutdownNow()} ends
 * everything at once.
 * <p>
 * Safe for use by any thread.
 */
public abstract class BrpcServer extends Server {

	BrpcServer() {
	}

	/**
	 * Returns the connections that are ready for calls.
	 * @return the live registry, the same object always
	 */
	public abstract ConnectionRegistry connections();

	/**
	 * Replaces the certificate, the private key, and what clients' certificates are
	 * checked against. Connections that are there stay as they are; those that come from
	 * now on use the new credentials, and none of them resumes an older TLS session.
	 * @param credentials {@link io.grpc.TlsServerCredentials}
	 * @throws IllegalArgumentException if the credentials are not TLS, or can't be read;
	 * those before stay
	 */
	public abstract void updateCredentials(ServerCredentials credentials);

	/**
	 * Drains, and ends what is left after a time. Blocks until the server has terminated.
	 * @param gracePeriod how long calls in flight may take; zero to end them at once
	 * @return whether everything ended within the grace period
	 * @throws InterruptedException if the thread is interrupted; the server is then still
	 * draining
	 */
	public final boolean stop(Duration gracePeriod) throws InterruptedException {
		shutdown();
		boolean drained = awaitTermination(gracePeriod.toNanos(), TimeUnit.NANOSECONDS);
		if (!drained) {
			shutdownNow();
			awaitTermination();
		}
		return drained;
	}

}
