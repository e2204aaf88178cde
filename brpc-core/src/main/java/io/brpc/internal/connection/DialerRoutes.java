package io.brpc.internal.connection;

import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.grpc.Attributes;
import io.grpc.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The routes to the connections of a dialer. Safe for use by any thread.
 */
final class DialerRoutes implements ForwardRoutes {

	private final Dialer dialer;

	private final Supplier<Executor> answers;

	DialerRoutes(Dialer dialer, Supplier<Executor> answers) {
		this.dialer = dialer;
		this.answers = answers;
	}

	@Override
	public @Nullable Channel direct() {
		Connection connection = this.dialer.currentConnection();
		return (connection != null) ? connection.session().direct() : null;
	}

	@Override
	public @Nullable Channel direct(Attributes transport) {
		Connection connection = PeerAddress.connectionOf(transport);
		return (connection != null) ? connection.session().direct() : null;
	}

	@Override
	public Executor loop() {
		return this.dialer.loop();
	}

	@Override
	public Executor answers() {
		return this.answers.get();
	}

}
