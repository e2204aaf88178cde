package io.brpc.internal.brpc2;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.brpc.CloseCode;
import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.Payloads;
import io.brpc.testing.proto.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A peer has to read the stream of a call, and may take its time for it.
 */
@ExtendWith(Leaks.class)
class SlowPeerTests {

	private static final byte[] SERVER_STREAM = "brpc.test.Exercise/ServerStream".getBytes(StandardCharsets.US_ASCII);

	private static final Duration STALL_TIMEOUT = Duration.ofSeconds(1);

	/**
	 * More than QUIC takes of a stream that is not read.
	 */
	private static final int SIZE = 1000 << 10;

	/**
	 * So that all of it takes some times the time-out, but no read of it does.
	 */
	private static final int READ_SIZE = 16 << 10;

	private static final Duration READ_INTERVAL = Duration.ofMillis(40);

	private SessionPeer server;

	private RawSessionPeer client;

	@BeforeEach
	void connect() throws Exception {
		SessionSettings defaults = SessionSettings.defaults();
		SessionSettings settings = new SessionSettings(defaults.maxCalls(), defaults.maxLanes(),
				defaults.maxLaneFrame(), defaults.maxMessage(), defaults.maxMetadata(), defaults.maxMethods(),
				defaults.maxQueuedBytes(), defaults.callWindow(), defaults.maxUntakenBytes(),
				defaults.maxCancelsPerSecond(), STALL_TIMEOUT, defaults.keepAliveInterval());
		this.server = new SessionPeer(Side.SERVER, settings, Runnable::run,
				List.of(new ExerciseService((request) -> Payloads.ofSize(SIZE))));
		this.client = new RawSessionPeer(this.server);
		this.client.openControl();
	}

	@AfterEach
	void close() throws Exception {
		this.client.close();
	}

	@Test
	void peerThatReadsNothingOfACallsStreamIsCutOff() throws Exception {
		QuicStreamChannel stream = open();
		call(stream);
		SessionPeer.Break broken = this.server.awaitBroken();
		assertThat(broken.code()).isEqualTo(CloseCode.STALLED);
		assertThat(broken.words()).isEqualTo("stream " + stream.streamId() + ": the peer has read nothing for 1000 ms");
		await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
			assertThat(this.server.session().inboundCalls()).isZero();
			assertThat(this.server.session().queuedBytes()).isZero();
		});
	}

	@Test
	void peerThatReadsALargeMessageSlowlyGetsIt() throws Exception {
		AtomicInteger count = new AtomicInteger();
		QuicStreamChannel stream = open();
		stream.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(READ_SIZE));
		stream.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
			@Override
			public void channelRead(ChannelHandlerContext ctx, Object message) {
				count.addAndGet(((ByteBuf) message).readableBytes());
				ctx.fireChannelRead(message);
			}
		});
		call(stream);
		await().atMost(60, TimeUnit.SECONDS).pollInterval(READ_INTERVAL).until(() -> {
			stream.read();
			return count.get() > SIZE;
		});
		assertThat(this.server.isBroken()).isFalse();
	}

	private QuicStreamChannel open() throws Exception {
		QuicStreamChannel stream = this.client.open(QuicStreamType.BIDIRECTIONAL, Unpooled.EMPTY_BUFFER);
		stream.config().setAutoRead(false);
		return stream;
	}

	private static void call(QuicStreamChannel stream) {
		ByteBuf bytes = Unpooled.buffer().writeByte(StreamKind.OWN);
		long length = CallHead.frameLength(0, 0, SERVER_STREAM, -1, Encoded.NONE, null, -1, 0);
		CallHead.write(bytes, length, 0, 0, SERVER_STREAM, -1, Encoded.NONE, null, -1);
		byte[] request = Payload.newBuilder().setCount(1).build().toByteArray();
		SmallFrames.writeMessageHead(bytes, -1, request.length);
		bytes.writeBytes(request);
		SmallFrames.writeEmpty(bytes, FrameType.HALF_CLOSE);
		stream.writeAndFlush(bytes);
	}

}
