package io.brpc.spring.boot.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.brpc.BrpcConnection;
import io.brpc.CloseReason;
import io.brpc.ConnectionListener;
import io.brpc.client.BrpcClient;
import io.brpc.server.BrpcServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LifecycleOrderTests {

	@Test
	void clientsGoBeforeTheServerAndNothingIsLeft() {
		List<CloseReason> reasons = new CopyOnWriteArrayList<>();
		BrpcServer[] server = new BrpcServer[1];
		BrpcClient[] client = new BrpcClient[1];
		ContextRunners.server()
			.withPropertyValues("brpc.client.connection.default.address=localhost:${local.brpc.server.port}",
					"brpc.client.connection.default.ssl.bundle=client")
			.withBean(ConnectionListener.class, () -> new ConnectionListener() {
				@Override
				public void disconnected(BrpcConnection connection, CloseReason reason) {
					reasons.add(reason);
				}
			})
			.run((context) -> {
				server[0] = context.getBean(BrpcServer.class);
				client[0] = context.getBean(BrpcClient.class);
				Awaitility.await().until(() -> client[0].connection().isPresent());
				Awaitility.await().until(() -> !server[0].connections().all().isEmpty());
			});
		assertThat(client[0].isTerminated()).isTrue();
		assertThat(server[0].isTerminated()).isTrue();
		assertThat(server[0].connections().all()).isEmpty();
		assertThat(reasons).hasSize(2).allSatisfy((reason) -> assertThat(reason.toString()).contains("NO_ERROR"));
	}

}
