package io.brpc.internal.h2;

import java.util.ArrayList;
import java.util.List;

import io.brpc.internal.quic.ReadBatch;
import io.brpc.testing.Leaks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(Leaks.class)
class HalvedReadsTests {

	private static final int MANY_CALLS = 4000;

	private final List<String> events = new ArrayList<>();

	private final ReadBatch batch = new ReadBatch();

	private boolean answers;

	private Runnable whileFirstHalf = () -> {
	};

	private final EmbeddedChannel stream = new EmbeddedChannel(new ChannelInboundHandlerAdapter(),
			new HalvedReads(this.batch), new ChannelInboundHandlerAdapter() {
				@Override
				public void channelRead(ChannelHandlerContext ctx, Object message) {
					ByteBuf bytes = (ByteBuf) message;
					HalvedReadsTests.this.events.add("read " + bytes.readableBytes());
					bytes.release();
					Runnable meanwhile = HalvedReadsTests.this.whileFirstHalf;
					HalvedReadsTests.this.whileFirstHalf = () -> {
					};
					meanwhile.run();
					if (HalvedReadsTests.this.answers) {
						ctx.write(Unpooled.EMPTY_BUFFER);
					}
				}

				@Override
				public void channelReadComplete(ChannelHandlerContext ctx) {
					HalvedReadsTests.this.events.add("complete");
				}

				@Override
				public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
					HalvedReadsTests.this.events.add("event " + event);
				}

				@Override
				public void channelInactive(ChannelHandlerContext ctx) {
					HalvedReadsTests.this.events.add("inactive");
				}
			});

	/**
	 * The socket, whose codec has one stream.
	 */
	private final EmbeddedChannel socket = new EmbeddedChannel(this.batch, new ChannelInboundHandlerAdapter() {
		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			HalvedReadsTests.this.stream.pipeline().fireChannelRead(message);
			HalvedReadsTests.this.stream.pipeline().fireChannelReadComplete();
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext ctx) {
			HalvedReadsTests.this.events.add("sent");
		}
	});

	private void arrive(int count) {
		arrive(this.socket, count);
	}

	private static void arrive(Channel channel, int count) {
		channel.pipeline().fireChannelRead(Unpooled.buffer(count).writeZero(count));
	}

	@Test
	void theFirstHalfIsAnsweredBeforeTheSecondIsRead() {
		this.answers = true;
		arrive(MANY_CALLS);
		this.stream.runPendingTasks();
		assertThat(this.events).containsExactly("read 2000", "sent", "read 2000", "complete");
	}

	@Test
	void nothingIsSentForAFirstHalfWithoutAnswers() {
		arrive(MANY_CALLS);
		this.stream.runPendingTasks();
		assertThat(this.events).containsExactly("read 2000", "read 2000", "complete");
	}

	@Test
	void whatComesMeanwhileWaitsBehindTheSecondHalf() {
		this.whileFirstHalf = () -> {
			arrive(MANY_CALLS + 2);
			this.stream.pipeline().fireUserEventTriggered("shutdown");
		};
		arrive(MANY_CALLS);
		this.stream.runPendingTasks();
		assertThat(this.events).containsExactly("read 2000", "read 2000", "read 4002", "complete", "event shutdown",
				"complete");
	}

	@Test
	void theEndOfTheStreamComesBehindTheSecondHalf() {
		arrive(MANY_CALLS);
		this.stream.close();
		this.stream.runPendingTasks();
		assertThat(this.events).containsExactly("read 2000", "read 2000", "complete", "inactive");
	}

	@Test
	void fewCallsAndLargeMessagesAreReadAtOnce() {
		arrive(999);
		arrive(20_000);
		assertThat(this.events).containsExactly("read 999", "complete", "read 20000", "complete");
	}

	@Test
	void whatComesOutsideOfABatchIsReadAtOnce() {
		arrive(this.stream, MANY_CALLS);
		assertThat(this.events).containsExactly("read 4000");
	}

}
