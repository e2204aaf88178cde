package io.brpc.spring.boot.test;

import io.brpc.ClientStub;
import io.brpc.testing.proto.GreetRequest;
import io.brpc.testing.proto.GreetResponse;
import io.brpc.testing.proto.GreeterGrpc;
import io.brpc.testing.proto.NameRequest;
import io.brpc.testing.proto.NameResponse;
import io.brpc.testing.proto.NamerGrpc;
import io.brpc.testing.proto.NamerGrpc.NamerBlockingStub;
import io.grpc.stub.StreamObserver;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.server.service.GrpcService;

/**
 * An application whose server greets the client that calls it by its name.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(TestApplication.GreeterService.class)
class TestApplication {

	@GrpcService
	static class GreeterService extends GreeterGrpc.GreeterImplBase {

		private final ClientStub<NamerBlockingStub> namer;

		GreeterService(ClientStub<NamerBlockingStub> namer) {
			this.namer = namer;
		}

		@Override
		public void greet(GreetRequest request, StreamObserver<GreetResponse> responses) {
			String name = this.namer.get().name(NameRequest.getDefaultInstance()).getName();
			responses.onNext(GreetResponse.newBuilder().setGreeting("Hello " + name).build());
			responses.onCompleted();
		}

	}

	/**
	 * What test clients serve.
	 */
	static class NamerService extends NamerGrpc.NamerImplBase {

		private final String name;

		NamerService(String name) {
			this.name = name;
		}

		@Override
		public void name(NameRequest request, StreamObserver<NameResponse> responses) {
			responses.onNext(NameResponse.newBuilder().setName(this.name).build());
			responses.onCompleted();
		}

	}

}
