package io.brpc.internal.brpc2;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.Recorder;
import io.brpc.testing.proto.ExerciseGrpc;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The FIN of a call's own stream travels with bytes. One that travels alone gets lost in
 * quiche if the bytes before it are acknowledged too soon, and the stream is never given
 * back.
 */
@ExtendWith(Leaks.class)
class StreamEndTests {

	private static final byte[] BIDI = "brpc.test.Exercise/BidiStream".getBytes(StandardCharsets.US_ASCII);

	private SessionPeer server;

	private RawSessionPeer client;

	@BeforeEach
	void connect() throws Exception {
		this.server = new SessionPeer(Side.SERVER, SessionSettings.defaults(), Runnable::run,
				List.of(new ExerciseService()));
		this.client = new RawSessionPeer(this.server);
		this.client.openControl();
	}

	@AfterEach
	void close() throws Exception {
		this.client.close();
	}

	@Test
	void callersFinTravelsWithBytesOfNoMeaning() throws Exception {
		Recorder call = Recorder.reading();
		ExerciseGrpc.newStub(this.server.channel()).bidiStream(call);
		QuicStreamChannel stream = this.client.awaitStream();
		CompletableFuture<byte[]> last = lastBytes(stream);
		ByteBuf answer = Unpooled.buffer();
		new Answer(0, Encoded.NONE, null, Status.OK, false, Encoded.NONE).write(answer,
				RawSessionPeer.SETTINGS.maxMetadata());
		stream.writeAndFlush(new DefaultQuicStreamFrame(answer, true));
		assertThat(call.awaitEnd()).isEqualTo(Status.OK);
		assertThat(last.get(30, TimeUnit.SECONDS)).containsExactly(1, FrameType.NOTHING);
	}

	@Test
	void calleesFinTravelsWithTheAnswer() throws Exception {
		QuicStreamChannel stream = this.client.open(QuicStreamType.BIDIRECTIONAL, Unpooled.EMPTY_BUFFER);
		CompletableFuture<byte[]> last = lastBytes(stream);
		ByteBuf bytes = Unpooled.buffer().writeByte(StreamKind.OWN);
		long length = CallHead.frameLength(0, 0, BIDI, -1, Encoded.NONE, null, -1, 0);
		CallHead.write(bytes, length, 0, 0, BIDI, -1, Encoded.NONE, null, -1);
		SmallFrames.writeEmpty(bytes, FrameType.HALF_CLOSE);
		stream.writeAndFlush(bytes);
		assertThat(last.get(30, TimeUnit.SECONDS)).contains(FrameType.ANSWER);
	}

	/**
	 * Waits for FIN.
	 * @param stream a stream on which nothing has arrived that matters here
	 * @return what FIN came with
	 */
	private static CompletableFuture<byte[]> lastBytes(QuicStreamChannel stream) {
		CompletableFuture<byte[]> last = new CompletableFuture<>();
		stream.config().setReadFrames(true);
		stream.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
			@Override
			public void channelRead(ChannelHandlerContext ctx, Object message) {
				if (message instanceof QuicStreamFrame frame && frame.hasFin()) {
					byte[] bytes = new byte[frame.content().readableBytes()];
					frame.content().getBytes(frame.content().readerIndex(), bytes);
					last.complete(bytes);
				}
				ctx.fireChannelRead(message);
			}
		});
		return last;
	}

}
