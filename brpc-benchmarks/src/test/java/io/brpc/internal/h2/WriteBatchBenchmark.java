package io.brpc.internal.h2;

import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The write path of the bridge up to the QUIC stream: what gRPC flushed becomes one
 * buffer.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WriteBatchBenchmark {

	/**
	 * How many messages were flushed at once.
	 */
	@Param({ "1", "3", "64" })
	private int messages;

	/**
	 * The size of each.
	 */
	@Param({ "64", "16384" })
	private int bytes;

	private EmbeddedChannel channel;

	private ChannelOutboundBuffer buffer;

	private ByteBuf message;

	/**
	 * Makes a channel for its outbound buffer.
	 */
	@Setup
	public void open() {
		this.channel = new EmbeddedChannel();
		this.buffer = this.channel.unsafe().outboundBuffer();
		this.message = ByteBufAllocator.DEFAULT.directBuffer(this.bytes).writeZero(this.bytes);
	}

	/**
	 * Releases what is left.
	 */
	@TearDown
	public void close() {
		this.message.release();
		this.channel.finishAndReleaseAll();
	}

	/**
	 * Gathers what was flushed until nothing is left.
	 * @return how many writes to the stream it took
	 * @throws Exception never
	 */
	@Benchmark
	public int gather() throws Exception {
		for (int i = 0; i < this.messages; i++) {
			this.buffer.addMessage(this.message.retainedDuplicate(), this.bytes, this.channel.voidPromise());
		}
		this.buffer.addFlush();
		int writes = 0;
		while (!this.buffer.isEmpty()) {
			WriteBatch batch = new WriteBatch(ByteBufAllocator.DEFAULT, this.buffer);
			batch.bytes().release();
			batch.removeFrom(this.buffer);
			writes++;
		}
		return writes;
	}

}
