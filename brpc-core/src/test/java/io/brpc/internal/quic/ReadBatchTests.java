package io.brpc.internal.quic;

import java.util.ArrayList;
import java.util.List;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadBatchTests {

	private final List<String> events = new ArrayList<>();

	private long clock;

	private final ReadBatch batch = new ReadBatch(() -> this.clock);

	private Runnable whileHandled = () -> {
	};

	private final EmbeddedChannel channel = new EmbeddedChannel(this.batch, new ChannelInboundHandlerAdapter() {
		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			ReadBatchTests.this.events.add("read " + message);
			ReadBatchTests.this.whileHandled.run();
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext ctx) {
			ReadBatchTests.this.events.add("complete");
		}
	});

	private void add(String task) {
		assertThat(this.batch.add(() -> this.events.add(task))).isTrue();
	}

	@Test
	void tasksOfABatchRunBeforeTheCodecHearsOfItsEnd() {
		this.whileHandled = () -> add("task");
		this.channel.writeInbound(1, 2);
		assertThat(this.events).containsExactly("read 1", "read 2", "task", "task", "complete");
	}

	@Test
	void whatIsReadyCanBeSentWhileADatagramIsHandled() {
		this.whileHandled = () -> {
			add("first half");
			this.batch.sendNow();
			add("second half");
		};
		this.channel.writeInbound(1);
		assertThat(this.events).containsExactly("read 1", "first half", "complete", "second half", "complete");
	}

	@Test
	void nothingIsSentByTheTasksOfTheEnd() {
		this.whileHandled = () -> this.batch.add(() -> {
			this.events.add("task");
			this.batch.sendNow();
		});
		this.channel.writeInbound(1);
		assertThat(this.events).containsExactly("read 1", "task", "complete");
	}

	@Test
	void nothingIsSentOrTakenBetweenBatches() {
		this.batch.sendNow();
		assertThat(this.batch.add(() -> this.events.add("task"))).isFalse();
		assertThat(this.batch.wasAwaited()).isFalse();
		assertThat(this.events).isEmpty();
	}

	@Test
	void onlyABatchBehindAPauseWasAwaited() {
		List<Boolean> awaited = new ArrayList<>();
		this.whileHandled = () -> awaited.add(this.batch.wasAwaited());
		this.clock = 30_000;
		this.channel.writeInbound(1);
		this.clock += 29_999;
		this.channel.writeInbound(2);
		this.clock += 30_000;
		this.channel.writeInbound(3, 4);
		assertThat(awaited).containsExactly(true, false, true, true);
	}

}
