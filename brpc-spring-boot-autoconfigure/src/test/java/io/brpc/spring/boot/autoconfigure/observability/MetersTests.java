package io.brpc.spring.boot.autoconfigure.observability;

import java.util.Map;
import java.util.TreeMap;

import io.brpc.BrpcConnection;
import io.brpc.CloseCode;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.testing.TestCertificates;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

class MetersTests extends ObservedApplication {

	@Autowired
	private PrometheusMeterRegistry registry;

	/**
	 * Makes everything happen that a meter is for: a connection that is closed, another
	 * one that stays, one that is refused, and calls both ways.
	 */
	@BeforeEach
	void live() {
		if (this.registry.find("brpc.client.connections.closed").counters().isEmpty()) {
			close();
			refuse();
		}
		assertThat(nestedCall()).isEqualTo("brpc");
		Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
			assertThat(get("brpc.client.connections.closed").counters()).isNotEmpty();
			assertThat(get("brpc.server.connections.failed").counters()).isNotEmpty();
			assertThat(get("brpc.client.connections.failed").tag("name", "nobody").counters()).isNotEmpty();
			assertThat(get("brpc.server.traffic.sent").functionCounter().count()).isPositive();
			assertThat(get("brpc.client.traffic.sent").tag("name", "default").functionCounter().count()).isPositive();
		});
	}

	private void close() {
		BrpcConnection last = connection();
		last.close(CloseCode.NO_ERROR, "on purpose");
		Awaitility.await()
			.atMost(PATIENCE)
			.until(() -> client().connection().filter((next) -> !next.id().equals(last.id())).isPresent());
		connect();
	}

	private void refuse() {
		try (BrpcClient refused = BrpcClientBuilder
			.forAddress("localhost", server().getPort(), TestCertificates.shared().clientCredentials("CN=late"))
			.build()) {
			refused.start();
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> this.registry.find("brpc.server.connections.failed").counter() != null);
		}
	}

	private RequiredSearch get(String name) {
		return this.registry.get(name);
	}

	@Test
	void connectionsAreCountedAsTheyComeAndGo() {
		assertThat(get("brpc.server.connections").tag("wire", "brpc/2").gauge().value()).isEqualTo(1);
		assertThat(get("brpc.server.connections").tag("wire", "brpc/1").gauge().value()).isZero();
		assertThat(get("brpc.client.connections").tags("name", "default", "wire", "brpc/2").gauge().value())
			.isEqualTo(1);
		assertThat(get("brpc.server.connections.setup").timer().count()).isGreaterThanOrEqualTo(2);
		assertThat(get("brpc.client.connections.setup").tag("name", "default").timer().count())
			.isGreaterThanOrEqualTo(2);
	}

	@Test
	void theReasonOfAnEndHasAnOriginAndACode() {
		assertThat(get("brpc.server.connections.closed").tags("origin", "LOCAL", "code", "NO_ERROR").counter().count())
			.isPositive();
		assertThat(get("brpc.client.connections.closed").tags("origin", "REMOTE", "code", "NO_ERROR").counter().count())
			.isPositive();
		assertThat(get("brpc.server.connections.failed").tags("origin", "LOCAL", "code", "REFUSED").counter().count())
			.isPositive();
	}

	@Test
	void samplesAreTakenOfEveryConnection() {
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(get("brpc.server.connections.rtt").timer().count()).isPositive());
		assertThat(get("brpc.server.connections.congestion.window").summary().max()).isPositive();
		assertThat(get("brpc.server.packets.received").functionCounter().count()).isPositive();
	}

	@Test
	void noMeterIsOfASingleConnection() {
		String id = connection().id().toString();
		assertThat(this.registry.getMeters()).flatExtracting((meter) -> meter.getId().getTags())
			.extracting(Tag::getValue)
			.isNotEmpty()
			.doesNotContain(id);
	}

	@Test
	void theDocumentHasTheMetersOfTheRegistry() throws Exception {
		Map<String, String> meters = new TreeMap<>();
		for (Meter meter : this.registry.getMeters()) {
			Meter.Id id = meter.getId();
			if (id.getName().startsWith("brpc.")) {
				meters.put(id.getName(), MetersDocument.row(id));
				assertThat(id.getDescription()).as(id.getName()).isNotBlank();
			}
		}
		assertThat(MetersDocument.rows()).isNotEmpty().containsExactlyInAnyOrderEntriesOf(meters);
	}

	@Test
	void theDashboardAsksForWhatPrometheusHas() throws Exception {
		String scrape = this.registry.scrape();
		assertThat(MetersDocument.dashboardNames()).hasSizeGreaterThan(20)
			.allSatisfy((name) -> assertThat(scrape).containsPattern("(?m)(^|[{,])" + name + "[ {=]"));
	}

}
