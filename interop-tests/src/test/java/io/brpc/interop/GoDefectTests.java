package io.brpc.interop;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.ref.WeakReference;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.brpc.BrpcConnection;
import io.brpc.CloseCode;
import io.brpc.ConnectionListener;
import io.brpc.client.BrpcClient;
import io.brpc.client.BrpcClientBuilder;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.proto.GreetRequest;
import io.brpc.testing.proto.GreeterGrpc;
import io.brpc.testing.proto.NameRequest;
import io.brpc.testing.proto.NamerGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Defects of the Go library that this one does not have; its drain, which the Go library
 * does not have either, is in {@link GoClientTests}.
 */
class GoDefectTests {

	private static final long DEADLINE_SECONDS = 10;

	/**
	 * The Go server calls whomever the call's metadata names first, and a client can put
	 * a name in front of its own.
	 */
	@Test
	void spoofedIdCallsAnotherClientOfTheGoServer() throws Exception {
		try (GoPeer server = GoPeer.server()) {
			int port = Integer.parseInt(server.next().substring("listening ".length()));
			try (BrpcClient victim = client(port, "victim");
					GoPeer impostor = GoPeer.client("127.0.0.1:" + port, "-name", "impostor")) {
				assertThat(greet(victim)).isEqualTo("Hello victim");
				assertThat(impostor.next()).isEqualTo("connected");
				assertThat(impostor.ask("spoof " + victim.connection().orElseThrow().id()))
					.startsWith("ok Hello victim");
			}
		}
	}

	@Test
	void spoofedIdIsRefusedByOurServerAndNobodyIsCalled() throws Exception {
		try (CallingBackServer server = new CallingBackServer();
				GoPeer victim = GoPeer.client(server.target(), "-name", "victim");
				GoPeer impostor = GoPeer.client(server.target(), "-name", "impostor")) {
			assertThat(victim.next()).isEqualTo("connected");
			String id = victim.ask("greet").substring("ok Hello victim ".length());
			assertThat(impostor.next()).isEqualTo("connected");
			assertThat(impostor.ask("spoof " + id)).startsWith("failed PermissionDenied ");
			assertThat(impostor.ask("greet")).startsWith("ok Hello impostor ");
		}
	}

	/**
	 * The Go client hands gRPC the same stream again when it redials.
	 */
	@Test
	void redialGetsANewStreamOnANewConnection() throws Exception {
		try (CallingBackServer server = new CallingBackServer();
				BrpcClient client = client(server.server().getPort(), "java")) {
			for (int i = 0; i < 5; i++) {
				assertThat(greet(client)).isEqualTo("Hello java");
				Reconnects.force(client);
			}
			assertThat(greet(client)).isEqualTo("Hello java");
			await().until(() -> server.connected().size() == 6);
			assertThat(server.connected().stream().map(BrpcConnection::id)).doesNotHaveDuplicates();
		}
	}

	@Test
	void callbackOnALostConnectionFailsAtOnceRatherThanRedial() throws Exception {
		try (CallingBackServer server = new CallingBackServer();
				BrpcClient client = client(server.server().getPort(), "java")) {
			assertThat(greet(client)).isEqualTo("Hello java");
			Channel lost = server.connected().get(0).channel();
			server.connected().get(0).close(CloseCode.NO_ERROR, "the test ends it");
			await().until(() -> !server.disconnected().isEmpty());
			for (int i = 0; i < 100; i++) {
				StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class,
						() -> NamerGrpc.newBlockingStub(lost)
							.withWaitForReady()
							.name(NameRequest.getDefaultInstance()));
				assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
				assertThat(failure.getStatus().getDescription()).contains("the test ends it");
			}
		}
	}

	/**
	 * The Go server's list of listeners has an entry for every connection that ever was.
	 */
	@Test
	void nothingIsKeptOfConnectionsThatAreGone() throws Exception {
		List<WeakReference<BrpcConnection>> seen = new CopyOnWriteArrayList<>();
		try (CallingBackServer server = new CallingBackServer()) {
			server.server().connections().addListener(new ConnectionListener() {
				@Override
				public void connected(BrpcConnection connection) {
					seen.add(new WeakReference<>(connection));
				}
			});
			int rounds = 25;
			for (int i = 0; i < rounds; i++) {
				try (BrpcClient client = client(server.server().getPort(), "java")) {
					assertThat(greet(client)).isEqualTo("Hello java");
				}
			}
			await().until(() -> server.disconnected().size() == rounds);
			server.connected().clear();
			assertThat(seen).hasSize(rounds);
			await().atMost(30, TimeUnit.SECONDS).until(() -> {
				System.gc();
				// The last one may still be on a thread's stack.
				return seen.stream().filter((reference) -> reference.get() != null).count() <= 1;
			});
		}
	}

	/**
	 * The Go server's loop that accepts connections goes on at once after an error,
	 * whatever error it is.
	 */
	@Test
	void errorsOfAcceptingDoNotMakeTheServerSpin() throws Exception {
		try (CallingBackServer server = new CallingBackServer(); LogCapture log = LogCapture.of("io.brpc")) {
			InetSocketAddress target = new InetSocketAddress(InetAddress.getLoopbackAddress(),
					server.server().getPort());
			Random random = new Random(1);
			byte[] garbage = new byte[1200];
			for (int i = 0; i < 200; i++) {
				random.nextBytes(garbage);
				// The sender is gone when an answer comes, which the kernel reports.
				try (DatagramSocket socket = new DatagramSocket()) {
					socket.send(new DatagramPacket(garbage, garbage.length, target));
				}
			}
			try (BrpcClient client = client(server.server().getPort(), "java")) {
				assertThat(greet(client)).isEqualTo("Hello java");
			}
			await().until(() -> !server.disconnected().isEmpty());
			long before = serverCpuNanos();
			await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
			assertThat(Duration.ofNanos(serverCpuNanos() - before)).isLessThan(Duration.ofMillis(300));
			assertThat(log.events()).hasSizeLessThan(20);
		}
	}

	/**
	 * Of all servers in this JVM, of which there is one.
	 */
	private static long serverCpuNanos() {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
			.filter((thread) -> thread != null && thread.getThreadName().startsWith("brpc-server-quic"))
			.mapToLong((thread) -> threads.getThreadCpuTime(thread.getThreadId()))
			.filter((nanos) -> nanos > 0)
			.sum();
	}

	private static BrpcClient client(int port, String name) {
		return BrpcClientBuilder.forAddress("127.0.0.1", port, TestCertificates.shared().clientCredentials())
			.reconnect(Reconnects.SOON)
			.addService(new NamerService(name))
			.build()
			.start();
	}

	private static String greet(BrpcClient client) {
		return GreeterGrpc.newBlockingStub(client.channel())
			.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
			.withWaitForReady()
			.greet(GreetRequest.getDefaultInstance())
			.getGreeting();
	}

}
