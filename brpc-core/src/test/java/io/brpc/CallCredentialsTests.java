package io.brpc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.CallCredentials;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls carry credentials in both directions, those that want privacy too.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class CallCredentialsTests {

	private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

	@RegisterExtension
	final Peers peers = new Peers();

	private final Queue<String> seen = new ConcurrentLinkedQueue<>();

	private final TestServer server = this.peers.server((builder) -> builder.intercept(new Guard()));

	@Test
	void aCallToTheServerCarriesThem() throws Exception {
		this.server.serve(new ExerciseService());
		TestClient client = this.peers.client(this.server);
		call(client.channel());
	}

	@Test
	void aCallToAClientCarriesThem() throws Exception {
		TestClient client = this.peers.client(this.server,
				(builder) -> builder.addService(new ExerciseService()).interceptCallbacks(new Guard()));
		call(this.server.channelTo(client));
	}

	private void call(Channel channel) {
		Payload request = Payload.newBuilder().setText("hello").build();
		assertThat(ExerciseGrpc.newBlockingStub(channel).withCallCredentials(new Token()).unary(request).getText())
			.isEqualTo("hello");
		assertThat(this.seen).containsExactly("secret over TLSv1.3");
	}

	/**
	 * As those of gRPC's own library for Google's, which go over private transports only.
	 */
	private static final class Token extends CallCredentials {

		@Override
		public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
			if (info.getSecurityLevel() != SecurityLevel.PRIVACY_AND_INTEGRITY) {
				applier.fail(Status.UNAUTHENTICATED.withDescription("the channel is " + info.getSecurityLevel()));
				return;
			}
			Metadata headers = new Metadata();
			headers.put(TOKEN,
					"secret over " + info.getTransportAttrs().get(Grpc.TRANSPORT_ATTR_SSL_SESSION).getProtocol());
			applier.apply(headers);
		}

	}

	private final class Guard implements ServerInterceptor {

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			CallCredentialsTests.this.seen.add(String.valueOf(headers.get(TOKEN)));
			return next.startCall(call, headers);
		}

	}

}
