package io.brpc.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;

import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Client Initial packets of QUIC version 1 as anybody can make them: encrypted with keys
 * that follow from the CID alone (RFC 9001, section 5.2), so that a server can't tell
 * them from an honest client's first packet. They carry a PING and no TLS. Not
 * instantiable.
 */
public final class SealedInitial {

	/**
	 * The least that a client may send an Initial in, bytes (RFC 9000, section 14.1).
	 */
	public static final int FULL_SIZE = 1200;

	private static final byte[] SALT = HexFormat.of().parseHex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");

	private static final String HMAC = "HmacSHA256";

	private static final int TAG_LENGTH = 16;

	private static final int PACKET_NUMBER_LENGTH = 4;

	private static final int SAMPLE_LENGTH = 16;

	private static final byte PING = 1;

	private SealedInitial() {
	}

	/**
	 * Makes a datagram of one Initial packet.
	 * @param destinationCid the CID it is sent to
	 * @param sourceCid the CID that answers are sent to
	 * @param token a Retry packet's token, or nothing
	 * @param size how long the datagram is to be, bytes
	 * @return the datagram
	 */
	public static byte[] datagram(byte[] destinationCid, byte[] sourceCid, byte[] token, int size) {
		try {
			return seal(destinationCid, sourceCid, token, size);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("every Java platform has AES and HMAC-SHA-256", ex);
		}
	}

	private static byte[] seal(byte[] destinationCid, byte[] sourceCid, byte[] token, int size)
			throws GeneralSecurityException {
		byte[] secret = expand(hmac(SALT, destinationCid), "client in", 32);
		int headerLength = 1 + 4 + 1 + destinationCid.length + 1 + sourceCid.length + 2 + token.length + 2
				+ PACKET_NUMBER_LENGTH;
		byte[] payload = new byte[size - headerLength - TAG_LENGTH];
		payload[0] = PING;
		ByteBuffer packet = ByteBuffer.allocate(size);
		packet.put((byte) (0xC0 | PACKET_NUMBER_LENGTH - 1)).putInt(1);
		packet.put((byte) destinationCid.length).put(destinationCid);
		packet.put((byte) sourceCid.length).put(sourceCid);
		packet.putShort((short) (0x4000 | token.length)).put(token);
		packet.putShort((short) (0x4000 | PACKET_NUMBER_LENGTH + payload.length + TAG_LENGTH));
		packet.putInt(0);
		byte[] header = Arrays.copyOf(packet.array(), headerLength);
		Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
		// The packet number is 0, so the nonce is the IV as it is.
		gcm.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(expand(secret, "quic key", 16), "AES"),
				new GCMParameterSpec(TAG_LENGTH * 8, expand(secret, "quic iv", 12)));
		gcm.updateAAD(header);
		byte[] sealed = gcm.doFinal(payload);
		packet.put(sealed);
		protectHeader(packet.array(), headerLength - PACKET_NUMBER_LENGTH, expand(secret, "quic hp", 16));
		return packet.array();
	}

	private static void protectHeader(byte[] packet, int packetNumberOffset, byte[] key)
			throws GeneralSecurityException {
		Cipher ecb = Cipher.getInstance("AES/ECB/NoPadding");
		ecb.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
		int sample = packetNumberOffset + PACKET_NUMBER_LENGTH;
		byte[] mask = ecb.doFinal(packet, sample, SAMPLE_LENGTH);
		packet[0] ^= (byte) (mask[0] & 0x0F);
		for (int i = 0; i < PACKET_NUMBER_LENGTH; i++) {
			packet[packetNumberOffset + i] ^= mask[1 + i];
		}
	}

	/**
	 * HKDF-Expand-Label of TLS 1.3 (RFC 8446, section 7.1) for at most one hash's length.
	 */
	static byte[] expand(byte[] secret, String label, int length) throws GeneralSecurityException {
		byte[] name = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
		ByteArrayOutputStream info = new ByteArrayOutputStream();
		info.write(length >> 8);
		info.write(length);
		info.write(name.length);
		info.writeBytes(name);
		info.write(0);
		info.write(1);
		return Arrays.copyOf(hmac(secret, info.toByteArray()), length);
	}

	private static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
		Mac mac = Mac.getInstance(HMAC);
		mac.init(new SecretKeySpec(key, HMAC));
		return mac.doFinal(data);
	}

}
