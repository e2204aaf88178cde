package io.brpc.spring.boot.test;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.brpc.ConnectionRegistry;
import io.brpc.client.BrpcClient;
import io.brpc.spring.boot.autoconfigure.ClientStubFactory;
import io.brpc.spring.boot.test.SecurityApplication.PerConnection;
import io.brpc.spring.boot.test.proto.AskRequest;
import io.brpc.spring.boot.test.proto.AskerGrpc;
import io.brpc.spring.boot.test.proto.NameRequest;
import io.brpc.spring.boot.test.proto.NamedGrpc.NamedBlockingStub;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.grpc.client.interceptor.security.BasicAuthenticationInterceptor;
import org.springframework.grpc.client.interceptor.security.BearerTokenAuthenticationInterceptor;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SecurityTests {

	@Nested
	@SpringBootTest(classes = SecurityApplication.PerCall.class,
			properties = { "brpc.server.ssl.client-auth=optional", "spring.grpc.server.port=0" })
	@AutoConfigureTestBrpc
	class PerCall {

		@Autowired
		private BrpcTestClients clients;

		@Autowired
		private GrpcServerLifecycle tcp;

		@Test
		void aCertificateIsAUser() {
			assertThat(whoAmI(this.clients.builder().name("ada").connect().channel())).isEqualTo("ada");
		}

		@Test
		void aCertificateOfSomebodyUnknownIsNobody() {
			assertEnds(this.clients.builder().name("mallory").connect().channel(), Status.Code.UNAUTHENTICATED);
		}

		@Test
		void aUserMayCallOnlyWhatTheRulesAllow() {
			Channel grace = this.clients.builder().name("grace").connect().channel();
			assertEnds(grace, Status.Code.PERMISSION_DENIED);
		}

		@Test
		void nobodyMayCallNothing() {
			assertEnds(anonymous(), Status.Code.UNAUTHENTICATED);
		}

		@ParameterizedTest
		@ValueSource(booleans = { true, false })
		void aPasswordIsCheckedOverQuicAsOverTcp(boolean quic) throws Exception {
			ManagedChannel tcp = Grpc
				.newChannelBuilder("localhost:" + this.tcp.getPort(), InsecureChannelCredentials.create())
				.build();
			try {
				Channel channel = quic ? anonymous() : tcp;
				assertThat(whoAmI(with(channel, new BasicAuthenticationInterceptor("ada", "secret")))).isEqualTo("ada");
				assertEnds(with(channel, new BasicAuthenticationInterceptor("ada", "guess")),
						Status.Code.UNAUTHENTICATED);
				assertEnds(with(channel, new BasicAuthenticationInterceptor("grace", "secret")),
						Status.Code.PERMISSION_DENIED);
			}
			finally {
				tcp.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
			}
		}

		@Test
		void aBearerTokenIsChecked() {
			Channel channel = anonymous();
			assertThat(whoAmI(with(channel, new BearerTokenAuthenticationInterceptor("good")))).isEqualTo("edsger");
			assertEnds(with(channel, new BearerTokenAuthenticationInterceptor("bad")), Status.Code.UNAUTHENTICATED);
		}

		private Channel anonymous() {
			return this.clients.builder().withoutCertificate().connect().channel();
		}

	}

	@Nested
	@SpringBootTest(classes = PerConnection.class, properties = "brpc.server.ssl.client-auth=optional")
	@AutoConfigureTestBrpc
	class OncePerConnection {

		@Autowired
		private BrpcTestClients clients;

		@Test
		void theConnectionIsAuthenticatedOnceForAllItsCalls(@Autowired PerConnection application) {
			int before = application.authentications();
			Channel device = this.clients.builder().name("device").connect().channel();
			assertThat(whoAmI(device)).isEqualTo("CN=device");
			assertThat(whoAmI(device)).isEqualTo("CN=device");
			assertThat(application.authentications()).isEqualTo(before + 1);
		}

		@Test
		void aPrincipalThatIsOnlyANameHasNoAuthorities() {
			Channel guest = this.clients.builder().name("guest").connect().channel();
			assertEnds(guest, Status.Code.PERMISSION_DENIED);
			assertThat(health(guest)).isEqualTo(ServingStatus.SERVING);
		}

		@Test
		void aConnectionWithoutAPrincipalIsNobody() {
			Channel nobody = this.clients.builder().withoutCertificate().connect().channel();
			assertEnds(nobody, Status.Code.UNAUTHENTICATED);
			assertThat(failureOf(() -> health(nobody))).isEqualTo(Status.Code.UNAUTHENTICATED);
		}

		@Test
		void aClientSeesWhoCallsItAndWithWhichCredentials(@Autowired ClientStubFactory stubs) {
			Guard guard = new Guard();
			BrpcTestClient client = this.clients.builder()
				.services(new StubApplication.NamedService("Ada"))
				.customize((builder) -> builder.interceptCallbacks(guard))
				.connect();
			NamedBlockingStub named = stubs.create(NamedBlockingStub.class)
				.forConnection(client.id())
				.withInterceptors(new BearerTokenAuthenticationInterceptor("secret"));
			assertThat(named.name(NameRequest.getDefaultInstance()).getName()).isEqualTo("Ada");
			assertThat(guard.seen).containsExactly("CN=localhost: Bearer secret");
			assertThat(client.connection().principal().orElseThrow().getName()).isEqualTo("CN=localhost");
		}

	}

	@Nested
	@SpringBootTest(classes = PerConnection.class,
			properties = { "brpc.client.connection.default.address=localhost:${local.brpc.server.port}",
					"brpc.client.connection.default.ssl.bundle=" + TestBundles.CLIENT })
	@AutoConfigureTestBrpc
	class OfAnApplicationThatIsBoth {

		@Test
		void itsClientServicesKnowWhichServerCalls(@Autowired BrpcClient client, @Autowired ClientStubFactory stubs,
				@Autowired ConnectionRegistry connections) {
			Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> connections.all().size() == 1);
			NamedBlockingStub named = stubs.create(NamedBlockingStub.class)
				.forConnection(client.connection().orElseThrow().id());
			assertThat(named.name(NameRequest.getDefaultInstance()).getName()).isEqualTo("called by CN=localhost");
		}

	}

	/**
	 * Sees who calls a client.
	 */
	private static final class Guard implements ServerInterceptor {

		private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
				Metadata.ASCII_STRING_MARSHALLER);

		private final Queue<String> seen = new ConcurrentLinkedQueue<>();

		@Override
		public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
				ServerCallHandler<Q, A> next) {
			try {
				String server = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION).getPeerPrincipal().getName();
				this.seen.add(server + ": " + headers.get(AUTHORIZATION));
				return next.startCall(call, headers);
			}
			catch (Exception ex) {
				throw Status.UNAUTHENTICATED.withCause(ex).asRuntimeException();
			}
		}

	}

	private static Channel with(Channel channel, ClientInterceptor interceptor) {
		return ClientInterceptors.intercept(channel, interceptor);
	}

	private static String whoAmI(Channel channel) {
		return AskerGrpc.newBlockingStub(channel)
			.withDeadlineAfter(20, TimeUnit.SECONDS)
			.ask(AskRequest.getDefaultInstance())
			.getName();
	}

	private static ServingStatus health(Channel channel) {
		return HealthGrpc.newBlockingStub(channel)
			.withDeadlineAfter(20, TimeUnit.SECONDS)
			.check(HealthCheckRequest.getDefaultInstance())
			.getStatus();
	}

	private static void assertEnds(Channel channel, Status.Code code) {
		assertThat(failureOf(() -> whoAmI(channel))).isEqualTo(code);
	}

	private static Status.Code failureOf(Runnable call) {
		StatusRuntimeException[] failure = new StatusRuntimeException[1];
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(call::run)
			.satisfies((ex) -> failure[0] = ex);
		return failure[0].getStatus().getCode();
	}

}
