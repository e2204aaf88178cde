package io.brpc;

import java.util.concurrent.TimeUnit;

import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.server.BrpcServer;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.proto.*;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class GreetTests {

	@Test
	void greets() throws Exception {
		BrpcServerBuilder builder = BrpcServerBuilder.forPort(0, TestCertificates.shared().serverCredentials());
		ClientStub<NamerGrpc.NamerBlockingStub>[] stub = new ClientStub[1];
		builder.addService(new GreeterGrpc.GreeterImplBase() {
			@Override
			public void greet(GreetRequest request, StreamObserver<GreetResponse> responses) {
				String name = stub[0].get().name(NameRequest.getDefaultInstance()).getName();
				responses.onNext(GreetResponse.newBuilder().setGreeting("Hello " + name).build());
				responses.onCompleted();
			}
		});
		BrpcServer server = builder.build();
		stub[0] = ClientStub.of(server.connections(), NamerGrpc::newBlockingStub);
		server.start();
		BrpcClient client = BrpcClientBuilder
			.forAddress("localhost", server.getPort(), TestCertificates.shared().clientCredentials())
			.addService(new NamerGrpc.NamerImplBase() {
				@Override
				public void name(NameRequest request, StreamObserver<NameResponse> responses) {
					responses.onNext(NameResponse.newBuilder().setName("brpc").build());
					responses.onCompleted();
				}
			})
			.build()
			.start();
		long t = System.nanoTime();
		assertThat(GreeterGrpc.newBlockingStub(client.channel())
			.withDeadlineAfter(5, TimeUnit.SECONDS)
			.greet(GreetRequest.getDefaultInstance())
			.getGreeting()).isEqualTo("Hello brpc");
		System.out.println(
				"first ms " + (System.nanoTime() - t) / 1000000 + client.connection() + server.connections().all());
		for (int i = 0; i < 1000; i++)
			GreeterGrpc.newBlockingStub(client.channel()).greet(GreetRequest.getDefaultInstance());
		t = System.nanoTime();
		for (int i = 0; i < 1000; i++)
			GreeterGrpc.newBlockingStub(client.channel()).greet(GreetRequest.getDefaultInstance());
		System.out.println("1000 ms " + (System.nanoTime() - t) / 1000000);
		client.close();
		assertThat(client.isTerminated()).isTrue();
		System.out.println(server.connections().all());
		assertThat(server.stop(java.time.Duration.ofSeconds(5))).isTrue();
	}

}
