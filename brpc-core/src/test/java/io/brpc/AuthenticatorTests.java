package io.brpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.client.ReconnectSettings;
import io.brpc.server.BrpcServerBuilder;
import io.brpc.testing.Brpc2Frames;
import io.brpc.testing.CallKind;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Http2Frames;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Payloads;
import io.brpc.testing.Peers;
import io.brpc.testing.RawClient;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.TestWires;
import io.grpc.ChannelCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.netty.handler.codec.quic.QuicStreamType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import static io.brpc.CallContract.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The application says who a client is, once per connection and before anything of the
 * client is served.
 */
@OnEachWire
@ExtendWith(Leaks.class)
class AuthenticatorTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@RegisterExtension
	final Peers peers = new Peers();

	/**
	 * A control stream with empty SETTINGS.
	 */
	private static final byte[] BRPC_2_CONTROL = Brpc2Frames.control(Brpc2Frames.settings());

	/**
	 * A lane with a call of method 1, which it defines.
	 */
	private static final byte[] BRPC_2_CALL = Brpc2Frames.lane(Brpc2Frames.call(0, 1, "brpc.test.Exercise/Unary"));

	private static final byte[] NO_STREAM_OF_ANY_WIRE = "To read this is an error".getBytes(StandardCharsets.US_ASCII);

	private final AtomicInteger asked = new AtomicInteger();

	private final AtomicInteger served = new AtomicInteger();

	@Test
	void whatTheAuthenticatorSaysIsTheConnectionsIdentity() {
		List<ConnectionRequest> requests = new CopyOnWriteArrayList<>();
		TestServer server = server((request) -> {
			requests.add(request);
			return ClientIdentity.named("ada").withGroups("poets", "engineers").withAttribute("floor", 3);
		});
		TestClient client = client(server, TestCertificates.shared().clientCredentials("CN=device 17"));
		BrpcConnection connection = server.awaitConnection(client.awaitConnection().id());
		assertThat(connection.principal()).map(Principal::getName).contains("ada");
		assertThat(connection.groups()).containsExactlyInAnyOrder("poets", "engineers");
		assertThat(connection.attributes()).containsEntry("floor", 3).hasSize(1);
		assertThat(server.connections().withPrincipal("ada")).containsExactly(connection);
		assertThat(server.connections().withPrincipal("CN=device 17")).isEmpty();
		assertThat(server.connections().inGroup("poets")).containsExactly(connection);
		assertThat(requests).singleElement().satisfies((request) -> {
			assertThat(request.remoteAddress()).isEqualTo(connection.remoteAddress());
			assertThat(request.localAddress().getPort()).isEqualTo(server.port());
			assertThat(request.sslSession().getProtocol()).isEqualTo("TLSv1.3");
			assertThat(request.certificatePrincipal()).hasToString("CN=device 17");
		});
	}

	@Test
	void itIsAskedOncePerConnectionAndNotOnAnEventLoop() {
		List<String> threads = new CopyOnWriteArrayList<>();
		TestServer server = server((request) -> {
			threads.add(Thread.currentThread().getName());
			return ClientIdentity.anonymous();
		});
		TestClient first = client(server);
		TestClient second = client(server);
		for (int i = 0; i < 3; i++) {
			assertThat(ask(first)).isEqualTo("hello");
			assertThat(ask(second)).isEqualTo("hello");
		}
		assertThat(server.connections().all()).hasSize(2)
			.allSatisfy((connection) -> assertThat(connection.principal()).isEmpty());
		assertThat(threads).hasSize(2).noneMatch((name) -> name.contains("quic"));
	}

	@Test
	void whoIsRefusedIsToldWhyAndNeverServed() {
		TestServer server = server((request) -> {
			throw new ConnectionRefusedException("no badge, no entry");
		});
		assertThat(refusalOf(client(server)))
			.startsWith("no brpc connection to localhost/127.0.0.1:" + server.port() + ": ")
			.endsWith("closed by the peer: REFUSED (0xb008), no badge, no entry");
		assertThat(this.served).hasValue(0);
		assertThat(server.connections().all()).isEmpty();
		assertThat(server.log().connectCount()).isZero();
	}

	@Test
	void aReasonThatFitsIntoNoPacketIsCutOff() {
		TestServer server = server((request) -> {
			throw new ConnectionRefusedException("no".repeat(5000));
		});
		assertThat(refusalOf(client(server))).endsWith("REFUSED (0xb008), " + "no".repeat(250));
	}

	@Test
	void whatGoesWrongIsLoggedOnceAndNotTold() {
		TestServer server = server((request) -> {
			throw new IllegalArgumentException("the password of the database is secret");
		});
		List<ILoggingEvent> lines = logged(() -> assertThat(refusalOf(client(server, AuthenticatorTests::dialOnce)))
			.endsWith("REFUSED (0xb008), authentication failed"));
		assertThat(lines).filteredOn((line) -> line.getThrowableProxy() != null).singleElement().satisfies((line) -> {
			assertThat(line.getLevel()).isEqualTo(Level.WARN);
			assertThat(line.getFormattedMessage()).contains("127.0.0.1").contains("authentication failed");
			assertThat(line.getThrowableProxy().getMessage()).isEqualTo("the password of the database is secret");
		});
		assertThat(lines).filteredOn((line) -> line.getLoggerName().toLowerCase(Locale.ROOT).contains("acceptor"))
			.hasSize(1);
		assertThat(this.served).hasValue(0);
	}

	@Test
	@SuppressWarnings("NullAway")
	void noAnswerIsNoIdentity() {
		TestServer server = server((request) -> null);
		assertThat(refusalOf(client(server))).endsWith("REFUSED (0xb008), authentication failed");
	}

	@Test
	void whoTakesLongerThanTheSetUpMayIsInterrupted() throws Exception {
		CountDownLatch interrupted = new CountDownLatch(1);
		TestServer server = this.peers.server(
				(builder) -> builder.transportSettings(TestWires.settings().withSetupTimeout(Duration.ofMillis(500)))
					.authenticator((request) -> {
						try {
							new CountDownLatch(1).await();
							return ClientIdentity.anonymous();
						}
						finally {
							interrupted.countDown();
						}
					}));
		assertThat(refusalOf(client(server)))
			.endsWith("SETUP_TIMEOUT (0xb001), no answer from the authenticator within 500 ms");
		assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(server.connections().all()).isEmpty();
	}

	/**
	 * The second client gets in only if the first one's place, the only one there is, was
	 * given back.
	 */
	@Test
	void ofAClientThatGoesMeanwhileNothingIsKept() throws Exception {
		CountDownLatch asking = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		TestServer server = this.peers
			.server((builder) -> builder.admissionLimits(new AdmissionLimits(1, 1, 1, 1)).authenticator((request) -> {
				if (this.asked.incrementAndGet() == 1) {
					asking.countDown();
					awaitUninterrupted(answer);
				}
				return ClientIdentity.named("client " + this.asked.get());
			}));
		try (RawClient gone = rawClient(server)) {
			assertThat(asking.await(30, TimeUnit.SECONDS)).isTrue();
		}
		answer.countDown();
		TestClient next = client(server);
		assertThat(ask(next)).isEqualTo("hello");
		assertThat(server.connections().withPrincipal("client 1")).isEmpty();
		assertThat(server.connections().withPrincipal("client 2")).hasSize(1);
		assertThat(server.log().connectCount()).isEqualTo(1);
	}

	@Test
	void whatComesBeforeTheAnswerIsNotServed() throws Exception {
		CountDownLatch answer = new CountDownLatch(1);
		TestServer server = server((request) -> {
			awaitUninterrupted(answer);
			throw new ConnectionRefusedException("not you");
		});
		try (RawClient early = rawClient(server)) {
			if (TestWires.wire() == Wire.BRPC_2) {
				early.openStream(QuicStreamType.UNIDIRECTIONAL, BRPC_2_CONTROL);
				early.openStream(BRPC_2_CALL);
			}
			early.openStream(NO_STREAM_OF_ANY_WIRE);
			answer.countDown();
			assertThat(early.awaitClose().code()).isEqualTo(CloseCode.REFUSED.code());
		}
		assertThat(this.served).hasValue(0);
		assertThat(server.log().connectCount()).isZero();
	}

	@Test
	void aStreamThatComesBeforeTheAnswerIsReadAfterIt() throws Exception {
		CountDownLatch answer = new CountDownLatch(1);
		TestServer server = server((request) -> {
			awaitUninterrupted(answer);
			return ClientIdentity.anonymous();
		});
		try (RawClient early = rawClient(server)) {
			early.openStream(NO_STREAM_OF_ANY_WIRE);
			if (TestWires.wire() == Wire.BRPC_2) {
				early.openStream(QuicStreamType.UNIDIRECTIONAL, BRPC_2_CONTROL);
			}
			answer.countDown();
			assertThat(early.awaitClose().code()).isEqualTo(switch (TestWires.wire()) {
				case BRPC_1 -> CloseCode.PROTOCOL_ERROR.code();
				case BRPC_2 -> CloseCode.UNEXPECTED_STREAM.code();
			});
		}
	}

	@Test
	void aCallThatComesBeforeTheAnswerIsServedAfterIt() throws Exception {
		CountDownLatch answer = new CountDownLatch(1);
		TestServer server = server((request) -> {
			awaitUninterrupted(answer);
			return ClientIdentity.named("ada");
		});
		try (RawClient early = rawClient(server)) {
			switch (TestWires.wire()) {
				case BRPC_1 -> early.openStream(
						Http2Frames.join(Http2Frames.opening(), Http2Frames.call(1), Http2Frames.emptyRequest(1)));
				case BRPC_2 -> {
					early.openStream(BRPC_2_CALL);
					early.openStream(QuicStreamType.UNIDIRECTIONAL, BRPC_2_CONTROL);
				}
			}
			assertThat(this.served).hasValue(0);
			answer.countDown();
			await().atMost(PATIENCE).until(() -> this.served.get() == 1);
			assertThat(server.connections().withPrincipal("ada")).hasSize(1);
		}
	}

	@Test
	void aServerStopsWhileTheAuthenticatorThinks() throws Exception {
		CountDownLatch asking = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		TestServer server = server((request) -> {
			asking.countDown();
			try {
				new CountDownLatch(1).await();
				return ClientIdentity.anonymous();
			}
			finally {
				interrupted.countDown();
			}
		});
		client(server);
		assertThat(asking.await(30, TimeUnit.SECONDS)).isTrue();
		server.close();
		assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
	}

	private static void awaitUninterrupted(CountDownLatch latch) {
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
			Thread.interrupted();
			return latch.getCount() == 0;
		});
	}

	private static List<ILoggingEvent> logged(Runnable what) {
		ListAppender<ILoggingEvent> lines = new ListAppender<>();
		Logger logger = (Logger) LoggerFactory.getLogger("io.brpc.internal.connection");
		lines.start();
		logger.addAppender(lines);
		try {
			what.run();
		}
		finally {
			logger.detachAppender(lines);
		}
		return List.copyOf(lines.list);
	}

	private static InetSocketAddress address(TestServer server) {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
	}

	private static RawClient rawClient(TestServer server) throws Exception {
		return new RawClient(address(server), TestCertificates.shared(), TestWires.wire());
	}

	private TestServer server(ConnectionAuthenticator authenticator) {
		return server(authenticator, (builder) -> {
		});
	}

	private TestServer server(ConnectionAuthenticator authenticator, Consumer<BrpcServerBuilder> customizer) {
		TestServer server = this.peers.add(new TestServer(
				BrpcServerBuilder.forPort(0, TestCertificates.shared().serverCredentials(ClientAuth.OPTIONAL)),
				(builder) -> customizer.accept(builder.authenticator(authenticator))));
		server.serve(new ExerciseService((request) -> {
			this.served.incrementAndGet();
			return request;
		}));
		return server.start();
	}

	private TestClient client(TestServer server) {
		return client(server, TestCertificates.shared().clientCredentials());
	}

	private TestClient client(TestServer server, ChannelCredentials credentials) {
		return client(server, credentials, (builder) -> {
		});
	}

	private TestClient client(TestServer server, Consumer<BrpcClientBuilder> customizer) {
		return client(server, TestCertificates.shared().clientCredentials(), customizer);
	}

	private TestClient client(TestServer server, ChannelCredentials credentials,
			Consumer<BrpcClientBuilder> customizer) {
		return this.peers
			.add(new TestClient(BrpcClientBuilder.forTarget("localhost:" + server.port(), credentials), customizer))
			.start();
	}

	private static void dialOnce(BrpcClientBuilder builder) {
		builder.reconnect(new ReconnectSettings(false, PATIENCE, PATIENCE));
	}

	private static String ask(TestClient client) {
		return CallKind.UNARY.ask(client.channel(), Payloads.text("hello")).getText();
	}

	private static String refusalOf(TestClient client) {
		StatusRuntimeException failure = failureOf(() -> ask(client));
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
		return String.valueOf(failure.getStatus().getDescription());
	}

}
