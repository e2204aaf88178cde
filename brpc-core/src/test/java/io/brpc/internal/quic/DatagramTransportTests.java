package io.brpc.internal.quic;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link DatagramTransport}.
 */
class DatagramTransportTests {

	private static final int DATAGRAMS = 100;

	private static final int PATIENCE_SECONDS = 10;

	private final BlockingQueue<Integer> turns = new LinkedBlockingQueue<>();

	@ParameterizedTest
	@EnumSource
	void whatHasArrivedIsReadBeforeTheLoopGoesOnToItsTasks(DatagramTransport transport) throws Exception {
		assumeThat(transport == DatagramTransport.NIO || Epoll.isAvailable()).isTrue();
		EventLoopGroup group = transport.newEventLoopGroup("test");
		try (DatagramSocket peer = new DatagramSocket()) {
			Channel channel = transport.newBootstrap(group.next())
				.handler(new TurnCounter())
				.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
				.sync()
				.channel();
			CountDownLatch sent = new CountDownLatch(1);
			channel.eventLoop().execute(() -> await(sent));
			for (int i = 0; i < DATAGRAMS; i++) {
				peer.send(new DatagramPacket(new byte[32], 32, channel.localAddress()));
			}
			sent.countDown();

			assertThat(this.turns.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("datagrams of the first turn")
				.isEqualTo(DATAGRAMS);
		}
		finally {
			group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Counts what is read until a task gets its turn.
	 */
	private final class TurnCounter extends ChannelInboundHandlerAdapter {

		private int count;

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			ReferenceCountUtil.release(message);
			if (this.count++ == 0) {
				ctx.executor().execute(this::endOfTurn);
			}
		}

		private void endOfTurn() {
			DatagramTransportTests.this.turns.add(this.count);
			this.count = 0;
		}

	}

}
