package io.brpc.internal.quic;

import java.net.InetSocketAddress;
import java.util.Random;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class InitialSizeFilterTests {

	private static final InetSocketAddress ANYBODY = new InetSocketAddress("127.0.0.1", 1);

	@ParameterizedTest(name = "{0} of version {2} in {3} bytes: dropped is {4}")
	@CsvSource({ "Initial, 0xC0, 1, 1199, true", "Initial, 0xC3, 1, 1200, false", "0-RTT, 0xD0, 1, 100, false",
			"Handshake, 0xE0, 1, 100, false", "unknown version, 0xE0, 0x1a2a3a4a, 1199, true",
			"unknown version, 0xE0, 0x1a2a3a4a, 1200, false", "version negotiation, 0xC0, 0, 100, true",
			"1-RTT, 0x40, 0, 30, false", "1-RTT with the bits of an Initial, 0x4F, 0, 30, false" })
	void dropsWhatMustNotBeAnswered(String kind, String first, String version, int size, boolean dropped) {
		ByteBuf datagram = Unpooled.buffer().writeByte(Integer.decode(first)).writeInt(Integer.decode(version));
		datagram.writeZero(size - datagram.readableBytes());
		assertThat(InitialSizeFilter.mustBeDropped(datagram)).isEqualTo(dropped);
	}

	@Test
	void dropsWhatIsTooShortToBeAnything() {
		for (int size = 0; size < 5; size++) {
			assertThat(InitialSizeFilter.mustBeDropped(Unpooled.buffer().writeZero(size))).isTrue();
		}
	}

	@Test
	void looksAtAnyBytesWithoutFailingOrChangingThem() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int round = 0; round < 10_000; round++) {
			byte[] bytes = new byte[random.nextInt(1500)];
			random.nextBytes(bytes);
			ByteBuf datagram = Unpooled.wrappedBuffer(bytes);
			InitialSizeFilter.mustBeDropped(datagram);
			assertThat(datagram.readableBytes()).as("seed %d", seed).isEqualTo(bytes.length);
		}
	}

	@Test
	void releasesWhatItDropsAndPassesTheRest() {
		EmbeddedChannel channel = new EmbeddedChannel(new InitialSizeFilter());
		ByteBuf small = Unpooled.buffer().writeByte(0xC0).writeInt(1).writeZero(100);
		ByteBuf large = Unpooled.buffer().writeByte(0xC0).writeInt(1).writeZero(1195);
		channel.writeInbound(new DatagramPacket(small, ANYBODY), new DatagramPacket(large, ANYBODY));
		assertThat(small.refCnt()).isZero();
		DatagramPacket passed = channel.readInbound();
		assertThat(passed.content()).isSameAs(large);
		assertThat((Object) channel.readInbound()).isNull();
		passed.release();
	}

}
