package io.brpc.internal.connection;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;

import io.brpc.ClientIdentity;
import io.brpc.ConnectionAuthenticator;
import io.brpc.ConnectionRefusedException;
import io.brpc.ConnectionRequest;

/**
 * The question who one client is, put to the application.
 * <p>
 * Event-loop confined; the application answers on its executor.
 */
final class Authentication {

	private final FutureTask<ClientIdentity> task;

	Authentication(ConnectionAuthenticator authenticator, Connection connection) {
		ConnectionRequest request = new ConnectionRequest(connection.remoteAddress(), connection.localAddress(),
				connection.sslSession(), connection.principal().orElse(null));
		this.task = new FutureTask<>(() -> authenticator.authenticate(request));
	}

	/**
	 * Asks.
	 * @param executor where the application is asked
	 * @param loop the connection's event loop
	 * @param over called on the loop when the application is done, be it with an answer
	 * or without; not before, even if {@link #cancel()} is called
	 * @throws RejectedExecutionException if the executor takes nothing
	 */
	void start(Executor executor, Executor loop, Runnable over) {
		executor.execute(() -> {
			this.task.run();
			try {
				loop.execute(over);
			}
			catch (RejectedExecutionException ex) {
				// The server has ended meanwhile, and the connection with it.
			}
		});
	}

	/**
	 * Takes the question back, because nobody waits for the answer any more.
	 */
	void cancel() {
		this.task.cancel(true);
	}

	/**
	 * Returns the answer, when there is one.
	 * @return who the client is
	 * @throws ConnectionRefusedException if it is refused, with a cause if the
	 * application did not decide that
	 */
	ClientIdentity identity() throws ConnectionRefusedException {
		try {
			return Objects.requireNonNull(this.task.get(), "the authenticator returned null");
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof ConnectionRefusedException refusal) {
				throw refusal;
			}
			throw failed((ex.getCause() != null) ? ex.getCause() : ex);
		}
		catch (CancellationException | InterruptedException | NullPointerException ex) {
			throw failed(ex);
		}
	}

	/**
	 * Returns the refusal of a client about whom the application could not decide. What
	 * went wrong is not the client's business.
	 * @param cause what went wrong
	 * @return the refusal
	 */
	static ConnectionRefusedException failed(Throwable cause) {
		return new ConnectionRefusedException("authentication failed", cause);
	}

}
