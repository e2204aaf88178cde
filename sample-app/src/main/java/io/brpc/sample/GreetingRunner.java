package io.brpc.sample;

import java.util.concurrent.TimeUnit;

import io.brpc.client.BrpcClient;
import io.brpc.sample.proto.GreetRequest;
import io.brpc.sample.proto.GreetResponse;
import io.brpc.sample.proto.GreeterGrpc.GreeterBlockingStub;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Profile;
import org.springframework.grpc.client.ImportGrpcClients;
import org.springframework.stereotype.Component;

/**
 * What the client does: one call.
 */
@Component
@Profile("client")
@ImportGrpcClients(target = "brpc:default", types = GreeterBlockingStub.class)
class GreetingRunner implements ApplicationRunner {

	private final GreeterBlockingStub greeter;

	private final ObjectProvider<BrpcClient> client;

	GreetingRunner(GreeterBlockingStub greeter, ObjectProvider<BrpcClient> client) {
		this.greeter = greeter;
		this.client = client;
	}

	@Override
	public void run(ApplicationArguments arguments) {
		GreetResponse response = this.greeter.withDeadlineAfter(30, TimeUnit.SECONDS)
			.greet(GreetRequest.getDefaultInstance());
		// A server that was told to stop meanwhile has its answer out, and no connection
		// any more.
		String wire = this.client.getObject().connection().map((connection) -> ", " + connection.wire()).orElse("");
		System.out.println(response.getGreeting() + " (connection " + response.getConnectionId() + wire + ")");
	}

}
