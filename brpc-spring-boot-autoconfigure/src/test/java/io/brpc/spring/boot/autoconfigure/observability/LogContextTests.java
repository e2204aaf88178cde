package io.brpc.spring.boot.autoconfigure.observability;

import io.brpc.spring.boot.autoconfigure.observability.ObservedApplication.LogContexts.Entry;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

class LogContextTests extends ObservedApplication {

	@Autowired
	private LogContexts contexts;

	@Test
	void handlersOfBothSidesHaveTheConnectionInTheLogContext() {
		this.contexts.entries().clear();
		String id = connection().id().toString();
		assertThat(nestedCall()).isEqualTo("brpc");
		assertThat(this.contexts.entries()).containsExactly(new Entry("Unary", "start", id),
				new Entry("Unary", "handle", id), new Entry("Name", "start", id), new Entry("Name", "handle", id));
	}

	@Test
	void theCallersThreadDoesNotHaveIt() {
		nestedCall();
		assertThat(MDC.get(ConnectionLogContext.KEY)).isNull();
	}

}
