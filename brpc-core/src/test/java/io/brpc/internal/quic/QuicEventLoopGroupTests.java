package io.brpc.internal.quic;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.brpc.testing.Leaks;
import io.brpc.testing.RawClient;
import io.brpc.testing.RawServer;
import io.brpc.testing.RelayRules;
import io.brpc.testing.TestCertificates;
import io.brpc.testing.UdpRelay;
import io.brpc.testing.UdpRelay.Direction;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.awaitility.Awaitility.await;

@ExtendWith(Leaks.class)
class QuicEventLoopGroupTests {

	private static final Duration ONE_WAY = Duration.ofMillis(200);

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final TestCertificates certificates = TestCertificates.shared();

	private final AtomicInteger received = new AtomicInteger();

	/**
	 * The first of two packets is lost. When the second one is acknowledged, the first is
	 * taken for lost an eighth of a round trip later (RFC 9002, section 6.1.2). The loop
	 * is late then, and before its timer can run, something else makes the codec send.
	 */
	@Test
	void aPacketThatIsFoundLostWhileTheCodecSendsIsSentAgain() throws Exception {
		try (RawServer server = new RawServer(this.certificates, (connection) -> {
		}, this::greetAndCount);
				UdpRelay relay = UdpRelay.to(server.port()).rules(RelayRules.NONE.withDelay(ONE_WAY, Duration.ZERO));
				RawClient client = new RawClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), relay.port()),
						this.certificates)) {
			QuicStreamChannel unread = client.openUnreadStream(new byte[1]);
			QuicStreamChannel stream = client.openStream(new byte[1]);
			AtomicLong seen = new AtomicLong();
			await().atMost(PATIENCE).during(ONE_WAY.multipliedBy(4)).until(() -> {
				long packets = client.packetsReceived();
				return this.received.get() == 2 && seen.getAndSet(packets) == packets;
			});
			long before = relay.received(Direction.TO_SERVER);
			relay.rules(Direction.TO_SERVER,
					RelayRules.NONE.withDelay(ONE_WAY, Duration.ZERO).withDrops((index) -> index == before));
			stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[10])).sync();
			stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[100])).sync();
			await().atMost(PATIENCE)
				.pollInterval(Duration.ofMillis(1))
				.until(() -> client.packetsReceived() > seen.get());
			stream.eventLoop().execute(() -> {
				LockSupport.parkNanos(ONE_WAY.toNanos());
				unread.read();
			});
			await().atMost(PATIENCE).until(() -> this.received.get() == 112);
		}
	}

	private void greetAndCount(QuicStreamChannel stream) {
		stream.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
			@Override
			public void channelRead(ChannelHandlerContext ctx, Object message) {
				if (stream.streamId() == 0) {
					ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
				}
				QuicEventLoopGroupTests.this.received.addAndGet(((ByteBuf) message).readableBytes());
				ctx.fireChannelRead(message);
			}
		});
	}

}
