package io.brpc.internal.quic;

import java.net.InetSocketAddress;
import java.util.Random;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AddressTokensTests {

	private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 1234);

	private static final ByteBuf RETRY_CID = Unpooled.wrappedBuffer(new byte[20]);

	private static final byte[] ORIGINAL_CID = { 1, 2, 3, 4, 5, 6, 7, 8 };

	private long now = 1_000_000;

	private boolean room = true;

	private boolean needed = true;

	private final AddressTokens tokens = new AddressTokens(() -> this.now, () -> this.room, () -> this.needed);

	@Test
	void aTokenComesBackWithTheOriginalCid() {
		ByteBuf token = token(CLIENT);
		int offset = this.tokens.validateToken(token, CLIENT);
		assertThat(ByteBufUtil.getBytes(token, offset, token.readableBytes() - offset)).isEqualTo(ORIGINAL_CID);
		assertThat(isValid(token, CLIENT)).isTrue();
	}

	@Test
	void aTokenFitsTheLengthThatIsAnnounced() {
		ByteBuf token = Unpooled.buffer();
		this.tokens.writeToken(token, Unpooled.wrappedBuffer(new byte[20]), CLIENT);
		assertThat(token.readableBytes()).isEqualTo(this.tokens.maxTokenLength());
	}

	@Test
	void anotherAddressOrPortMayNotUseIt() {
		ByteBuf token = token(CLIENT);
		assertThat(isValid(token, new InetSocketAddress("192.0.2.2", 1234))).isFalse();
		assertThat(isValid(token, new InetSocketAddress("192.0.2.1", 1235))).isFalse();
		assertThat(isValid(token, new InetSocketAddress("::1", 1234))).isFalse();
	}

	@Test
	void itExpires() {
		ByteBuf token = token(CLIENT);
		this.now += AddressTokens.LIFETIME.toMillis();
		assertThat(isValid(token, CLIENT)).isTrue();
		this.now++;
		assertThat(isValid(token, CLIENT)).isFalse();
	}

	@Test
	void oneFromTheFutureIsNotOurs() {
		ByteBuf token = token(CLIENT);
		this.now--;
		assertThat(isValid(token, CLIENT)).isFalse();
	}

	@Test
	void whereThereIsNoRoomItDoesNotHelp() {
		ByteBuf token = token(CLIENT);
		this.room = false;
		assertThat(isValid(token, CLIENT)).isFalse();
		this.room = true;
		assertThat(isValid(token, CLIENT)).isTrue();
	}

	@Test
	void whereItIsNotNeededItIsNotAskedForUnlessThereIsNoRoom() {
		ByteBuf out = Unpooled.buffer();
		ByteBuf cid = Unpooled.wrappedBuffer(ORIGINAL_CID);
		this.needed = false;
		assertThat(this.tokens.writeToken(out, cid, CLIENT)).isFalse();
		assertThat(out.isReadable()).isFalse();
		this.room = false;
		assertThat(this.tokens.writeToken(out, cid, CLIENT)).isTrue();
	}

	@Test
	void everyChangedBitIsFound() {
		ByteBuf token = token(CLIENT);
		for (int bit = 0; bit < token.readableBytes() * 8; bit++) {
			ByteBuf forged = token.copy();
			forged.setByte(bit / 8, forged.getByte(bit / 8) ^ (1 << (bit % 8)));
			assertThat(isValid(forged, CLIENT)).as("bit %d", bit).isFalse();
		}
	}

	@Test
	void randomBytesOfAnyLengthAreRefused() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int length = 0; length < 200; length++) {
			byte[] bytes = new byte[length];
			random.nextBytes(bytes);
			assertThat(isValid(Unpooled.wrappedBuffer(bytes), CLIENT)).as("seed %d, length %d", seed, length).isFalse();
		}
	}

	@Test
	void anotherListenersTokenIsRefused() {
		AddressTokens other = new AddressTokens(() -> this.now, () -> true, () -> true);
		ByteBuf token = Unpooled.buffer();
		other.writeToken(token, Unpooled.wrappedBuffer(ORIGINAL_CID), CLIENT);
		assertThat(isValid(token, CLIENT)).isFalse();
	}

	@Test
	void aCidThatNoRetryGaveIsRefused() {
		ByteBuf shortCid = Unpooled.wrappedBuffer(new byte[8]);
		assertThat(this.tokens.validateToken(token(CLIENT), CLIENT, shortCid).isValid()).isFalse();
	}

	private boolean isValid(ByteBuf token, InetSocketAddress address) {
		return this.tokens.validateToken(token, address, RETRY_CID).isValid();
	}

	private ByteBuf token(InetSocketAddress address) {
		ByteBuf token = Unpooled.buffer();
		assertThat(this.tokens.writeToken(token, Unpooled.wrappedBuffer(ORIGINAL_CID), address)).isTrue();
		return token;
	}

}
