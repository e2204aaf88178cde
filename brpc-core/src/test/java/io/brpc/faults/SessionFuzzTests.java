package io.brpc.faults;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.brpc.CloseCode;
import io.brpc.TransportSettings;
import io.brpc.Wire;
import io.brpc.testing.Brpc2Frames;
import io.brpc.testing.FuzzRun;
import io.brpc.testing.Leaks;
import io.brpc.testing.Peers;
import io.brpc.testing.RawClient;
import io.brpc.testing.RawClose;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.TestServer;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.MethodDescriptor;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that begin as they should and then send what nobody would, one after the other:
 * each is cut off with a code of {@code docs/wire.md} and words that say where, the
 * server logs no failure of its own, nothing of them is left, and a bystander notices
 * nothing.
 */
@ExtendWith(Leaks.class)
class SessionFuzzTests {

	private static final TransportSettings SETTINGS = TransportSettings.defaults()
		.withWires(Wire.BRPC_2)
		.withIdle(Duration.ofSeconds(10), Duration.ZERO);

	private static final Set<CloseCode> CODES = EnumSet.of(CloseCode.PROTOCOL_ERROR, CloseCode.UNEXPECTED_STREAM,
			CloseCode.STREAM_LOST);

	private static final List<MethodDescriptor<Payload, Payload>> METHODS = List.of(ExerciseGrpc.getUnaryMethod(),
			ExerciseGrpc.getServerStreamMethod(), ExerciseGrpc.getClientStreamMethod(),
			ExerciseGrpc.getBidiStreamMethod());

	private static final byte[] MESSAGE = Payload.newBuilder().setText("fuzz").setCount(3).build().toByteArray();

	private static final int PING = 0x03;

	private static final int HALF_CLOSE = 0x14;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@RegisterExtension
	final Peers peers = new Peers();

	@Test
	void whateverAClientSendsHarmsNobodyElse() throws Exception {
		TestServer server = this.peers.server((builder) -> builder.transportSettings(SETTINGS));
		Bystander bystander = new Bystander(this.peers, server, SETTINGS);
		FuzzRun run = new FuzzRun("fuzz of sessions", Duration.ofSeconds(4));
		TreeMap<String, Integer> closes = new TreeMap<>();
		List<ILoggingEvent> failures = failuresLogged(() -> {
			while (run.goesOn()) {
				RawClose close = attack(server, run);
				assertThat(close.application()).as("%s: %s", run, close).isTrue();
				CloseCode code = CODES.stream()
					.filter((each) -> each.code() == close.code())
					.findAny()
					.orElseThrow(() -> new AssertionError(run + ": " + close));
				assertThat(close.reason()).as(run::toString).matches(".*\\bstream \\d+\\b.*|.*stream failed.*");
				closes.merge(code.name(), 1, Integer::sum);
			}
		});
		System.out.println("closed with " + closes);
		assertThat(failures).as("%s: failures that the server logged", run).isEmpty();
		bystander.verifyUnharmed();
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.connections().all()).hasSize(1));
	}

	private static RawClose attack(TestServer server, FuzzRun run) throws Exception {
		Random random = run.random();
		List<byte[]> streams = new ArrayList<>();
		int count = 1 + random.nextInt(4);
		for (int i = 0; i < count; i++) {
			streams.add(random.nextBoolean() ? lane(random, i) : ownStream(random, i));
		}
		byte[] control = control(random);
		int mutated = random.nextInt(count + 1);
		if (mutated == count) {
			control = run.mutate(control);
		}
		else {
			streams.set(mutated, run.mutate(streams.get(mutated)));
		}
		try (RawClient client = new RawClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
				TestCertificates.shared(), Wire.BRPC_2)) {
			send(client, QuicStreamType.UNIDIRECTIONAL, control, random);
			for (byte[] stream : streams) {
				send(client, QuicStreamType.BIDIRECTIONAL, stream, random);
			}
			// Whoever is not cut off by then is so for this.
			send(client, QuicStreamType.UNIDIRECTIONAL, Brpc2Frames.control(Brpc2Frames.settings()), random);
			send(client, QuicStreamType.UNIDIRECTIONAL, Brpc2Frames.control(Brpc2Frames.settings()), random);
			return client.awaitClose();
		}
	}

	/**
	 * Sends in a few pieces, and seldom ends or resets the stream.
	 */
	private static void send(RawClient client, QuicStreamType type, byte[] bytes, Random random) throws Exception {
		if (client.isClosed()) {
			return;
		}
		try {
			QuicStreamChannel stream = client.openStream(type, new byte[0]);
			int half = random.nextInt(bytes.length + 1);
			stream.writeAndFlush(Unpooled.copiedBuffer(bytes, 0, half));
			stream.writeAndFlush(Unpooled.copiedBuffer(bytes, half, bytes.length - half));
			switch (random.nextInt(20)) {
				case 0 -> stream.shutdownOutput();
				case 1 -> stream.shutdown(7);
				default -> {
				}
			}
		}
		catch (Exception ex) {
			// The server has closed the connection meanwhile.
			await().atMost(PATIENCE).until(client::isClosed);
		}
	}

	private static byte[] control(Random random) {
		ByteArrayOutputStream frames = new ByteArrayOutputStream();
		frames.writeBytes(Brpc2Frames.control(Brpc2Frames.settings(Brpc2Frames.setting(2, 1 + random.nextInt(100)),
				Brpc2Frames.setting(9, 1 + random.nextInt(1000)), Brpc2Frames.setting(99, 7))));
		for (int i = random.nextInt(6); i > 0; i--) {
			frames.writeBytes(switch (random.nextInt(4)) {
				case 0 -> Brpc2Frames.ping(random.nextLong());
				case 1 -> Brpc2Frames.cancel(random.nextInt(1000));
				case 2 -> Brpc2Frames.frame(0x7f, new byte[random.nextInt(100)]);
				default -> Brpc2Frames.frame(PING, new byte[Long.BYTES]);
			});
		}
		if (random.nextInt(4) == 0) {
			frames.writeBytes(Brpc2Frames.goAway());
		}
		return frames.toByteArray();
	}

	private static byte[] lane(Random random, int stream) {
		ByteArrayOutputStream frames = new ByteArrayOutputStream();
		frames.writeBytes(Brpc2Frames.lane());
		int methods = 0;
		int count = 1 + random.nextInt(8);
		for (int i = 0; i < count; i++) {
			int number = 100 * stream + i;
			int method = random.nextInt(METHODS.size() + 1);
			if (method == METHODS.size()) {
				frames.writeBytes(Brpc2Frames.cancel(number - 1L));
			}
			else if (method < methods) {
				frames.writeBytes(Brpc2Frames.call(number, 1 + method));
			}
			else {
				frames.writeBytes(
						Brpc2Frames.call(number, methods + 1, METHODS.get(methods).getFullMethodName(), MESSAGE));
				methods++;
			}
		}
		return frames.toByteArray();
	}

	private static byte[] ownStream(Random random, int stream) {
		int number = 100 * stream;
		ByteArrayOutputStream frames = new ByteArrayOutputStream();
		String method = METHODS.get(random.nextInt(METHODS.size())).getFullMethodName();
		frames.writeBytes(Brpc2Frames.own(Brpc2Frames.call(number, 0, method)));
		for (int i = random.nextInt(6); i > 0; i--) {
			frames.writeBytes(switch (random.nextInt(3)) {
				case 0 -> Brpc2Frames.credit(number, 1 + random.nextInt(1000));
				case 1 -> Brpc2Frames.frame(0x7f, new byte[random.nextInt(100)]);
				default -> Brpc2Frames.message(MESSAGE);
			});
		}
		frames.writeBytes(random.nextBoolean() ? Brpc2Frames.frame(HALF_CLOSE) : Brpc2Frames.cancel(number));
		return frames.toByteArray();
	}

	/**
	 * Returns what was logged with an exception, meanwhile. A peer that breaks the
	 * protocol is none.
	 */
	private static List<ILoggingEvent> failuresLogged(Rounds rounds) throws Exception {
		ListAppender<ILoggingEvent> lines = new ListAppender<>();
		Logger logger = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		lines.start();
		logger.addAppender(lines);
		try {
			rounds.run();
		}
		finally {
			logger.detachAppender(lines);
		}
		return List.copyOf(lines.list)
			.stream()
			.filter((line) -> line.getLevel().isGreaterOrEqual(Level.WARN) && line.getThrowableProxy() != null)
			.toList();
	}

	/**
	 * All rounds of a run.
	 */
	private interface Rounds {

		void run() throws Exception;

	}

}
