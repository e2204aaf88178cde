package io.brpc.spring.boot.autoconfigure.observability;

import java.util.List;

import brave.handler.MutableSpan;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

class ObservationTests extends ObservedApplication {

	@Autowired
	private Spans spans;

	@Autowired
	private MeterRegistry registry;

	@Test
	void oneTraceGoesToTheServerAndBackToTheClient() {
		this.spans.ended().clear();
		assertThat(nestedCall()).isEqualTo("brpc");
		List<MutableSpan> trace = Awaitility.await()
			.atMost(PATIENCE)
			.until(() -> List.copyOf(this.spans.ended()), (ended) -> ended.size() >= 4);
		assertThat(trace).extracting(MutableSpan::traceId).containsOnly(trace.get(0).traceId());
		MutableSpan called = span(trace, "brpc.test.Exercise/Unary", brave.Span.Kind.CLIENT);
		MutableSpan served = span(trace, "brpc.test.Exercise/Unary", brave.Span.Kind.SERVER);
		MutableSpan calledBack = span(trace, "brpc.test.Namer/Name", brave.Span.Kind.CLIENT);
		MutableSpan servedBack = span(trace, "brpc.test.Namer/Name", brave.Span.Kind.SERVER);
		assertThat(called.parentId()).isNull();
		assertThat(served.parentId()).isEqualTo(called.id());
		assertThat(calledBack.parentId()).isEqualTo(served.id());
		assertThat(servedBack.parentId()).isEqualTo(calledBack.id());
		assertThat(List.of(called, served)).extracting((span) -> span.tag(CallDirection.KEY)).containsOnly("forward");
		assertThat(List.of(calledBack, servedBack)).extracting((span) -> span.tag(CallDirection.KEY))
			.containsOnly("reverse");
	}

	private static MutableSpan span(List<MutableSpan> trace, String name, brave.Span.Kind kind) {
		return trace.stream()
			.filter((span) -> name.equals(span.name()) && span.kind() == kind)
			.findFirst()
			.orElseThrow(() -> new AssertionError("no " + kind + " span " + name + " in " + trace));
	}

	@Test
	void callsOfBothDirectionsAreTimed() {
		nestedCall();
		Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
			assertThat(timer("grpc.client", "brpc.test.Exercise", "forward").count()).isPositive();
			assertThat(timer("grpc.server", "brpc.test.Exercise", "forward").count()).isPositive();
			assertThat(timer("grpc.client", "brpc.test.Namer", "reverse").count()).isPositive();
			assertThat(timer("grpc.server", "brpc.test.Namer", "reverse").count()).isPositive();
		});
	}

	@Test
	void thePeerOfACallIsNotASingleClient() {
		nestedCall();
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(
					() -> assertThat(timer("grpc.client", "brpc.test.Namer", "reverse").getId().getTag("net.peer.name"))
						.isEqualTo("brpc"));
	}

	private Timer timer(String name, String service, String direction) {
		return this.registry.get(name).tags("rpc.service", service, CallDirection.KEY, direction).timer();
	}

}
