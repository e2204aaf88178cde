package io.brpc.internal.quic;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicTokenHandler;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes and checks the tokens of Retry packets, with which a client proves that it
 * receives at the address that it sends from (RFC 9000, section 8.1.2). Nothing is kept
 * about a client until it has shown one.
 * <p>
 * Token = HMAC-SHA-256 (32 bytes) | issued at, milliseconds (8) | original destination
 * CID (0 to 20). The MAC also covers the client's address and port. The key is random and
 * lives as long as the listener. Only Retry tokens are made, none for NEW_TOKEN frames.
 * <p>
 * Event-loop confined: the codec calls it on the listener's loop.
 */
final class AddressTokens implements QuicTokenHandler {

	/**
	 * A client answers a Retry in one round trip; this leaves room for several lost ones.
	 */
	static final Duration LIFETIME = Duration.ofSeconds(15);

	private static final String ALGORITHM = "HmacSHA256";

	private static final int MAC_LENGTH = 32;

	private static final int TIME_LENGTH = Long.BYTES;

	private static final int CID_OFFSET = MAC_LENGTH + TIME_LENGTH;

	private final Mac mac;

	private final LongSupplier clockMillis;

	private final BooleanSupplier room;

	private final BooleanSupplier needed;

	/**
	 * Makes a key.
	 * @param clockMillis the time
	 * @param room whether a client that shows a valid token may go on
	 * @param needed whether a client that shows none has to come back with one
	 */
	AddressTokens(LongSupplier clockMillis, BooleanSupplier room, BooleanSupplier needed) {
		this.clockMillis = clockMillis;
		this.room = room;
		this.needed = needed;
		byte[] key = new byte[MAC_LENGTH];
		new SecureRandom().nextBytes(key);
		try {
			this.mac = Mac.getInstance(ALGORITHM);
			this.mac.init(new SecretKeySpec(key, ALGORITHM));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("every Java platform has " + ALGORITHM, ex);
		}
	}

	/**
	 * Makes a token, unless the client may go on without. Where there is no room it may
	 * not: it comes back with the token, and once more, until there is room.
	 */
	@Override
	public boolean writeToken(ByteBuf out, ByteBuf originalDestinationCid, InetSocketAddress address) {
		if (this.room.getAsBoolean() && !this.needed.getAsBoolean()) {
			return false;
		}
		long issuedAt = this.clockMillis.getAsLong();
		byte[] cid = ByteBufUtil.getBytes(originalDestinationCid);
		out.writeBytes(mac(address, issuedAt, cid)).writeLong(issuedAt).writeBytes(cid);
		return true;
	}

	@Override
	public int validateToken(ByteBuf token, InetSocketAddress address) {
		int cidLength = token.readableBytes() - CID_OFFSET;
		if (cidLength < 0 || cidLength > Quic.MAX_CONN_ID_LEN) {
			return -1;
		}
		int start = token.readerIndex();
		long issuedAt = token.getLong(start + MAC_LENGTH);
		byte[] cid = ByteBufUtil.getBytes(token, start + CID_OFFSET, cidLength);
		byte[] claimed = ByteBufUtil.getBytes(token, start, MAC_LENGTH);
		if (!MessageDigest.isEqual(claimed, mac(address, issuedAt, cid))) {
			return -1;
		}
		long age = this.clockMillis.getAsLong() - issuedAt;
		return (age >= 0 && age <= LIFETIME.toMillis()) ? CID_OFFSET : -1;
	}

	/**
	 * Checks a token. The CID that the client now sends to is the one that the Retry
	 * packet gave it, so one of another length than ours is not an answer to a Retry of
	 * ours.
	 */
	@Override
	public TokenValidationResult validateToken(ByteBuf token, InetSocketAddress address, ByteBuf destinationCid) {
		if (destinationCid.readableBytes() != Quic.MAX_CONN_ID_LEN || !this.room.getAsBoolean()) {
			return TokenValidationResult.invalidToken();
		}
		return QuicTokenHandler.super.validateToken(token, address, destinationCid);
	}

	@Override
	public int maxTokenLength() {
		return CID_OFFSET + Quic.MAX_CONN_ID_LEN;
	}

	private byte[] mac(InetSocketAddress address, long issuedAt, byte[] cid) {
		this.mac.update(address.getAddress().getAddress());
		this.mac
			.update(ByteBuffer.allocate(Integer.BYTES + Long.BYTES).putInt(address.getPort()).putLong(issuedAt).flip());
		return this.mac.doFinal(cid);
	}

}
