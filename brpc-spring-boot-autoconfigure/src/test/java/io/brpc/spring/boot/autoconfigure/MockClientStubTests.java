package io.brpc.spring.boot.autoconfigure;

import io.brpc.ClientStub;
import io.brpc.testing.proto.NamerGrpc.NamerBlockingStub;
import io.brpc.testing.proto.NamerGrpc.NamerFutureStub;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mockingDetails;

@SpringBootTest(classes = MockClientStubTests.Application.class,
		properties = { "brpc.server.enabled=true", "brpc.server.port=0", "brpc.server.ssl.bundle=server" })
class MockClientStubTests {

	@MockitoBean
	private ClientStub<NamerBlockingStub> mock;

	@Autowired
	private Handler handler;

	@Test
	void aMockReplacesTheStubsOfItsTypeAlone() {
		assertThat(this.handler.blocking).isSameAs(this.mock);
		assertThat(mockingDetails(this.handler.future).isMock()).isFalse();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ TestBundles.class, Handler.class })
	static class Application {

	}

	static class Handler {

		private final ClientStub<NamerBlockingStub> blocking;

		private final ClientStub<NamerFutureStub> future;

		Handler(ClientStub<NamerBlockingStub> blocking, ClientStub<NamerFutureStub> future) {
			this.blocking = blocking;
			this.future = future;
		}

	}

}
