package io.brpc.spring.boot.test;

import io.brpc.server.BrpcServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * What a test of an application with a brpc server needs beside it.
 *
 * @see AutoConfigureTestBrpc
 */
@AutoConfiguration
public final class TestBrpcAutoConfiguration {

	@Bean
	TestBundles brpcTestBundles() {
		return new TestBundles(TestAuthority.shared());
	}

	@Bean
	@ConditionalOnMissingBean
	BrpcTestClients brpcTestClients(ObjectProvider<BrpcServer> server) {
		return new BrpcTestClients(server::getObject, TestAuthority.shared());
	}

}
