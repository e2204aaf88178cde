package io.brpc.spring.boot.test;

import java.security.Principal;
import java.util.Optional;

import io.brpc.ConnectionRegistry;
import io.brpc.client.BrpcClient;
import io.grpc.StatusRuntimeException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ClientCertificateTests {

	@Nested
	@SpringBootTest(classes = TestApplication.class, properties = "brpc.server.ssl.client-auth=require")
	@AutoConfigureTestBrpc
	class Required {

		@Autowired
		private BrpcTestClients clients;

		@Autowired
		private ConnectionRegistry connections;

		@Test
		void aClientShowsItsName() {
			BrpcTestClient client = this.clients.builder().name("ada").connect();
			assertThat(this.connections.find(client.id()).orElseThrow().principal().map(Principal::getName))
				.isEqualTo(Optional.of("CN=ada"));
		}

		@Test
		void aClientWithoutOneIsRefused() {
			assertThatExceptionOfType(StatusRuntimeException.class)
				.isThrownBy(() -> this.clients.builder().withoutCertificate().connect());
			assertThat(this.connections.all()).isEmpty();
		}

	}

	@Nested
	@SpringBootTest(classes = TestApplication.class,
			properties = { "brpc.client.connection.default.address=localhost:${local.brpc.server.port}",
					"brpc.client.connection.default.ssl.bundle=" + TestBundles.CLIENT })
	@AutoConfigureTestBrpc
	class OfTheApplication {

		@Test
		void theApplicationsOwnClientConnectsWithTheBundleOfTheTest(@Autowired BrpcClient client,
				@Autowired ConnectionRegistry connections) {
			Awaitility.await().until(() -> client.connection().isPresent());
			Awaitility.await().untilAsserted(() -> assertThat(connections.all()).hasSize(1));
		}

	}

}
