package io.brpc.internal.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.brpc.ConnectionId;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionIdReaderTests {

	private final ConnectionId id = ConnectionId.random();

	private final List<ConnectionId> received = new ArrayList<>();

	private final List<String> malformed = new ArrayList<>();

	private final EmbeddedChannel channel = new EmbeddedChannel(
			new ConnectionIdReader(this.received::add, this.malformed::add));

	@Test
	void readsTheIdHoweverItIsSplit() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int round = 0; round < 500; round++) {
			this.received.clear();
			EmbeddedChannel split = new EmbeddedChannel(
					new ConnectionIdReader(this.received::add, this.malformed::add));
			byte[] bytes = this.id.toBytes();
			int position = 0;
			while (position < bytes.length) {
				int length = random.nextInt(bytes.length - position + 1);
				boolean last = position + length == bytes.length && random.nextBoolean();
				write(split, bytes, position, length, last);
				position += length;
				if (last) {
					break;
				}
			}
			if (this.received.isEmpty()) {
				write(split, bytes, bytes.length, 0, true);
			}
			assertThat(this.received).as("seed %d, round %d", seed, round).containsExactly(this.id);
		}
		assertThat(this.malformed).isEmpty();
	}

	@Test
	void withoutFinThereIsNoId() {
		write(this.channel, this.id.toBytes(), 0, ConnectionId.LENGTH, false);
		assertThat(this.received).isEmpty();
		assertThat(this.malformed).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 15 })
	void fewerBytesAreRefused(int length) {
		write(this.channel, new byte[length], 0, length, true);
		assertThat(this.received).isEmpty();
		assertThat(this.malformed).containsExactly("only " + length + " bytes of 16");
	}

	@ParameterizedTest
	@ValueSource(ints = { 17, 1000 })
	void moreBytesAreRefused(int length) {
		write(this.channel, new byte[length], 0, length, false);
		assertThat(this.malformed).containsExactly("more than 16 bytes");
	}

	@Test
	void whatComesAfterARefusalIsIgnored() {
		write(this.channel, new byte[17], 0, 17, false);
		write(this.channel, this.id.toBytes(), 0, ConnectionId.LENGTH, true);
		assertThat(this.received).isEmpty();
		assertThat(this.malformed).hasSize(1);
	}

	@Test
	void aResetIsRefused() {
		this.channel.pipeline().fireExceptionCaught(new IllegalStateException("reset"));
		assertThat(this.malformed).containsExactly("the stream failed: reset");
	}

	private static void write(EmbeddedChannel channel, byte[] bytes, int offset, int length, boolean fin) {
		channel.writeInbound(new DefaultQuicStreamFrame(Unpooled.copiedBuffer(bytes, offset, length), fin));
	}

}
