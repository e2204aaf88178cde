package io.brpc.spring.boot.autoconfigure.observability;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

import io.brpc.BrpcConnection;
import io.brpc.CloseCode;
import io.brpc.CloseReason;
import io.brpc.ConnectionId;
import org.junit.jupiter.api.Test;
import org.mockito.BDDMockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

class ConnectionHistoryTests {

	private static final InetSocketAddress PEER = InetSocketAddress.createUnresolved("peer.test", 9443);

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	private final ConnectionHistory history = new ConnectionHistory(Clock.fixed(NOW, ZoneOffset.UTC));

	private final BrpcConnection connection = mock();

	@Test
	void failuresAreCountedUntilThereIsAConnection() {
		assertThat(this.history.failedAttempts()).isZero();
		this.history.failed(PEER, CloseReason.timedOut("first"));
		this.history.failed(PEER, CloseReason.timedOut("second"));
		assertThat(this.history.failedAttempts()).isEqualTo(2);
		this.history.connected(this.connection);
		assertThat(this.history.failedAttempts()).isZero();
		assertThat(this.history.ends()).extracting((end) -> end.reason().description())
			.containsExactly("second", "first");
	}

	@Test
	void theNewestEndComesFirst() {
		ConnectionId id = ConnectionId.random();
		BDDMockito.given(this.connection.id()).willReturn(id);
		BDDMockito.given(this.connection.remoteAddress()).willReturn(PEER);
		CloseReason reason = CloseReason.local(CloseCode.NO_ERROR, "");
		this.history.failed(PEER, CloseReason.timedOut("before"));
		this.history.disconnected(this.connection, reason);
		assertThat(this.history.ends().get(0)).isEqualTo(new ConnectionHistory.End(NOW, id.toString(), PEER, reason));
	}

	@Test
	void onlyTheLastTwentyAreKept() {
		for (int i = 1; i <= 50; i++) {
			this.history.failed(PEER, CloseReason.timedOut("number " + i));
		}
		assertThat(this.history.ends()).hasSize(20);
		assertThat(this.history.ends().get(0).reason().description()).isEqualTo("number 50");
		assertThat(this.history.ends().get(19).reason().description()).isEqualTo("number 31");
		assertThat(this.history.failedAttempts()).isEqualTo(50);
	}

}
