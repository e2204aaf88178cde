package io.brpc.spring.boot.autoconfigure.observability;

import io.brpc.server.BrpcServer;
import io.brpc.spring.boot.autoconfigure.BrpcClients;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;

/**
 * Whether the application has a server, or clients, or both.
 */
final class BrpcPresentCondition extends AnyNestedCondition {

	BrpcPresentCondition() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	@ConditionalOnBean(BrpcServer.class)
	static class ServerPresent {

	}

	@ConditionalOnBean(BrpcClients.class)
	static class ClientsPresent {

	}

}
