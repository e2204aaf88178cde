package io.brpc.internal.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever datagram arrives: what has to be dropped is, what belongs to a connection is
 * not, and the bytes are left as they were.
 */
class InitialSizeFilterFuzzTests {

	private static final int MIN_SIZE = 1200;

	@Property(tries = 2000)
	void datagramsAreDroppedByRule(@ForAll("datagrams") byte[] datagram, @ForAll @IntRange(max = 30) int offset) {
		ByteBuf bytes = Unpooled.buffer().writeZero(offset).writeBytes(datagram).readerIndex(offset);
		ByteBuf before = bytes.copy();
		assertThat(InitialSizeFilter.mustBeDropped(bytes)).isEqualTo(isDropped(datagram));
		assertThat(bytes).isEqualTo(before);
	}

	@Provide
	Arbitrary<byte[]> datagrams() {
		Arbitrary<byte[]> sizes = Arbitraries
			.oneOf(Arbitraries.integers().between(0, 10), Arbitraries.integers().between(1190, 1210),
					Arbitraries.integers().between(0, 1500))
			.map(byte[]::new);
		Arbitrary<byte[]> heads = Combinators
			.combine(Arbitraries.bytes(), Arbitraries.of(0, 1, 0x01000000, 0x6b3343cf, -1))
			.as((first, version) -> new byte[] { first, (byte) (version >> 24), (byte) (version >> 16),
					(byte) (version >> 8), version.byteValue() });
		return Combinators.combine(sizes, heads).as((datagram, head) -> {
			System.arraycopy(head, 0, datagram, 0, Math.min(head.length, datagram.length));
			return datagram;
		});
	}

	/**
	 * The rule in other words: of what is too small only packets with a short header, and
	 * 0-RTT, Handshake and Retry packets of version 1, get to the codec.
	 */
	private static boolean isDropped(byte[] datagram) {
		if (datagram.length >= MIN_SIZE) {
			return false;
		}
		if (datagram.length < 5) {
			return true;
		}
		boolean shortHeader = datagram[0] >= 0;
		boolean version1 = datagram[1] == 0 && datagram[2] == 0 && datagram[3] == 0 && datagram[4] == 1;
		int type = (datagram[0] >> 4) & 3;
		return !shortHeader && !(version1 && type != 0);
	}

}
