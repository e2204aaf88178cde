package io.brpc.internal.quic;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever bytes are shown as a token: only one of this listener's, for this address, is
 * taken.
 */
class AddressTokensFuzzTests {

	private static final int MAC_AND_TIME = 40;

	private static final ByteBuf RETRY_CID = Unpooled.wrappedBuffer(new byte[20]);

	private final AddressTokens tokens = new AddressTokens(() -> 1_000_000, () -> true, () -> true);

	@Property(tries = 1000)
	void everyAddressGetsATokenThatItMayUse(@ForAll("addresses") InetSocketAddress address,
			@ForAll @Size(max = 20) byte[] cid, @ForAll @IntRange(max = 30) int offset) {
		ByteBuf token = at(offset, token(address, cid));
		int cidOffset = this.tokens.validateToken(token, address);
		assertThat(ByteBufUtil.getBytes(token, token.readerIndex() + cidOffset, token.readableBytes() - cidOffset))
			.isEqualTo(cid);
		assertThat(isValid(token, address)).isTrue();
	}

	@Property(tries = 1000)
	void noOtherAddressMayUseIt(@ForAll("addresses") InetSocketAddress address,
			@ForAll("addresses") InetSocketAddress other, @ForAll @Size(max = 20) byte[] cid) {
		Assume.that(!address.equals(other));
		assertThat(isValid(Unpooled.wrappedBuffer(token(address, cid)), other)).isFalse();
	}

	@Property(tries = 2000)
	void bytesThatAreNoTokenAreRefused(@ForAll("addresses") InetSocketAddress address,
			@ForAll @Size(max = 200) byte[] bytes) {
		assertThat(isValid(Unpooled.wrappedBuffer(bytes), address)).isFalse();
	}

	/**
	 * With the MAC of one token and the rest of another, or a byte more or less.
	 */
	@Property(tries = 2000)
	void aTokenThatWasTamperedWithIsRefused(@ForAll("addresses") InetSocketAddress address,
			@ForAll @Size(20) byte[] cid, @ForAll @Size(20) byte[] otherCid, @ForAll @IntRange(max = 60) int length,
			@ForAll byte last) {
		byte[] token = token(address, cid);
		byte[] other = token(address, otherCid);
		Assume.that(!Arrays.equals(cid, otherCid));
		byte[] spliced = other.clone();
		System.arraycopy(token, 0, spliced, 0, MAC_AND_TIME);
		assertThat(isValid(Unpooled.wrappedBuffer(spliced), address)).isFalse();
		byte[] cut = Arrays.copyOf(token, Math.min(length, token.length - 1));
		assertThat(isValid(Unpooled.wrappedBuffer(cut), address)).isFalse();
		byte[] longer = Arrays.copyOf(token, token.length + 1);
		longer[token.length] = last;
		assertThat(isValid(Unpooled.wrappedBuffer(longer), address)).isFalse();
	}

	/**
	 * A token whose CID is cut off by one byte must not be one for the shorter CID.
	 */
	@Property(tries = 500)
	void aShorterCidIsAnotherToken(@ForAll("addresses") InetSocketAddress address,
			@ForAll @Size(min = 1, max = 20) byte[] cid) {
		byte[] token = token(address, cid);
		byte[] cut = Arrays.copyOf(token, token.length - 1);
		assertThat(isValid(Unpooled.wrappedBuffer(cut), address)).isFalse();
	}

	@Provide
	Arbitrary<InetSocketAddress> addresses() {
		Arbitrary<byte[]> version4 = Arbitraries.bytes().array(byte[].class).ofSize(4);
		Arbitrary<byte[]> version6 = Arbitraries.bytes().array(byte[].class).ofSize(16);
		return Combinators.combine(Arbitraries.oneOf(version4, version6), Arbitraries.integers().between(1, 65535))
			.as((address, port) -> new InetSocketAddress(address(address), port));
	}

	private static InetAddress address(byte[] bytes) {
		try {
			return InetAddress.getByAddress(bytes);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	private static ByteBuf at(int offset, byte[] token) {
		return Unpooled.buffer().writeZero(offset).writeBytes(token).readerIndex(offset);
	}

	private boolean isValid(ByteBuf token, InetSocketAddress address) {
		return this.tokens.validateToken(token, address, RETRY_CID).isValid();
	}

	private byte[] token(InetSocketAddress address, byte[] cid) {
		ByteBuf token = Unpooled.buffer();
		this.tokens.writeToken(token, Unpooled.wrappedBuffer(cid), address);
		return ByteBufUtil.getBytes(token);
	}

}
