package io.brpc.spring.boot.autoconfigure.observability;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

class BrpcHealthTests extends ObservedApplication {

	@Autowired
	private HealthEndpoint health;

	@Test
	void theServerIsUpAndSaysWhereAndForHowMany() {
		IndicatedHealthDescriptor server = (IndicatedHealthDescriptor) this.health.healthForPath("brpc", "server");
		assertThat(server.getStatus()).isEqualTo(Status.UP);
		assertThat(server.getDetails()).containsEntry("port", server().getPort()).containsEntry("connections", 1);
	}

	@Test
	void aClientIsUpWhileItIsConnected() {
		Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
			IndicatedHealthDescriptor client = (IndicatedHealthDescriptor) this.health.healthForPath("brpc", "client",
					"default");
			assertThat(client.getStatus()).isEqualTo(Status.UP);
			assertThat(client.getDetails()).containsEntry("state", "READY")
				.containsEntry("failedAttempts", 0)
				.containsEntry("connection", connection().id().toString())
				.containsKey("address")
				.doesNotContainKey("lastError");
		});
	}

	@Test
	void aClientWithoutAServerIsDownAndSaysWhy() {
		Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
			IndicatedHealthDescriptor client = (IndicatedHealthDescriptor) this.health.healthForPath("brpc", "client",
					"nobody");
			assertThat(client.getStatus()).isEqualTo(Status.DOWN);
			assertThat(client.getDetails()).containsEntry("address", "localhost:1")
				.hasEntrySatisfying("failedAttempts", (attempts) -> assertThat((Integer) attempts).isPositive())
				.hasEntrySatisfying("lastError",
						(words) -> assertThat(words).asString().containsIgnoringCase("refused"));
		});
	}

	@Test
	void theWholeIsPartOfTheApplicationsHealth() {
		HealthDescriptor whole = this.health.health();
		assertThat(whole).isInstanceOfSatisfying(CompositeHealthDescriptor.class,
				(health) -> assertThat(health.getComponents()).containsKey("brpc"));
	}

}
