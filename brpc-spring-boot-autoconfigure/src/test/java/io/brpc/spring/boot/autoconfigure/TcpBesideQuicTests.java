package io.brpc.spring.boot.autoconfigure;

import java.util.concurrent.TimeUnit;

import io.brpc.server.BrpcServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@SpringBootTest(classes = TestApplication.class, properties = { "spring.grpc.server.port=0", "brpc.server.enabled=true",
		"brpc.server.port=0", "brpc.server.ssl.bundle=server" })
class TcpBesideQuicTests {

	@Autowired
	private GrpcServerLifecycle tcp;

	@Autowired
	private BrpcServer quic;

	private ManagedChannel channel;

	@BeforeEach
	void dial() {
		this.channel = Grpc.newChannelBuilder("localhost:" + this.tcp.getPort(), InsecureChannelCredentials.create())
			.build();
	}

	@AfterEach
	void hangUp() {
		this.channel.shutdownNow();
	}

	@Test
	void servicesAnswerOverTcp() {
		assertThat(call("echo")).isEqualTo("echo");
		assertThat(this.quic.getPort()).isPositive();
	}

	@ParameterizedTest
	@ValueSource(strings = { "blocking", "future", "plain" })
	void aCallOverTcpHasNoClient(String kind) {
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> call(kind)).satisfies((ex) -> {
			assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
			assertThat(ex.getStatus().getDescription()).contains("plain TCP");
		});
	}

	private String call(String text) {
		return ExerciseGrpc.newBlockingStub(this.channel)
			.withDeadlineAfter(20, TimeUnit.SECONDS)
			.unary(Payload.newBuilder().setText(text).build())
			.getText();
	}

}
