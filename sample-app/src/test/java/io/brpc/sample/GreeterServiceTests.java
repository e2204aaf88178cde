package io.brpc.sample;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.brpc.ConnectionRegistry;
import io.brpc.sample.proto.GreetRequest;
import io.brpc.sample.proto.GreetResponse;
import io.brpc.sample.proto.GreeterGrpc;
import io.brpc.spring.boot.test.AutoConfigureTestBrpc;
import io.brpc.spring.boot.test.BrpcTestClient;
import io.brpc.spring.boot.test.BrpcTestClients;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.ActiveProfiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@SpringBootTest
@ActiveProfiles("server")
@AutoConfigureTestBrpc
class GreeterServiceTests {

	@Autowired
	private BrpcTestClients clients;

	@Autowired
	private ConnectionRegistry connections;

	@Test
	void greetsTheClientByTheNameThatItGives() {
		BrpcTestClient ada = this.clients.connect(new NamerService("Ada"));
		BrpcTestClient grace = this.clients.connect(new NamerService("Grace"));
		assertThat(greet(grace, Duration.ofSeconds(20)).getGreeting()).isEqualTo("Hello Grace");
		assertThat(greet(ada, Duration.ofSeconds(20)).getConnectionId()).isEqualTo(ada.id().toString());
	}

	@Test
	void greetsAClientThatWasAwayUnderItsNewConnection() {
		BrpcTestClient ada = this.clients.connect(new NamerService("Ada"));
		ada.disconnect();
		assertThat(this.connections.all()).isEmpty();
		ada.reconnect();
		assertThat(greet(ada, Duration.ofSeconds(20)).getConnectionId()).isEqualTo(ada.id().toString());
	}

	@Test
	void aClientThatIsFarAwayRunsIntoItsDeadline() {
		BrpcTestClient ada = this.clients.connect(new NamerService("Ada"));
		ada.delay(Duration.ofMillis(400));
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> greet(ada, Duration.ofMillis(300)))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
	}

	private static GreetResponse greet(BrpcTestClient client, Duration deadline) {
		return GreeterGrpc.newBlockingStub(client.channel())
			.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
			.greet(GreetRequest.getDefaultInstance());
	}

}
