package io.brpc.spring.boot.test;

import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/**
 * Closes the clients of a test method after it, so that the next one finds a server
 * without clients. Stateless.
 */
final class TestClientsExecutionListener implements TestExecutionListener, Ordered {

	TestClientsExecutionListener() {
	}

	@Override
	public void afterTestMethod(TestContext context) {
		if (context.hasApplicationContext()) {
			context.getApplicationContext().getBeanProvider(BrpcTestClients.class).ifAvailable(BrpcTestClients::close);
		}
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
