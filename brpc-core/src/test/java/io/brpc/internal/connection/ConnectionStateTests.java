package io.brpc.internal.connection;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.brpc.internal.connection.ConnectionState.CLOSED;
import static io.brpc.internal.connection.ConnectionState.DRAINING;
import static io.brpc.internal.connection.ConnectionState.HANDSHAKE;
import static io.brpc.internal.connection.ConnectionState.READY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ConnectionStateTests {

	private static final Map<ConnectionState, Set<ConnectionState>> FOLLOWERS = Map.of(HANDSHAKE,
			EnumSet.of(READY, CLOSED), READY, EnumSet.of(DRAINING, CLOSED), DRAINING, EnumSet.of(CLOSED), CLOSED,
			EnumSet.noneOf(ConnectionState.class));

	@ParameterizedTest
	@EnumSource
	void onlyTheseFollow(ConnectionState state) {
		for (ConnectionState next : ConnectionState.values()) {
			boolean allowed = FOLLOWERS.get(state).contains(next);
			assertThat(state.mayBecome(next)).as("%s to %s", state, next).isEqualTo(allowed);
			if (allowed) {
				assertThat(state.moveTo(next)).isEqualTo(next);
			}
			else {
				assertThatIllegalStateException().isThrownBy(() -> state.moveTo(next))
					.withMessage("a connection that is " + state + " can't become " + next);
			}
		}
	}

}
