package io.brpc.testing;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import com.google.protobuf.ByteString;

/**
 * A UDP socket that says to a server what no QUIC stack would, and counts what it gets
 * for it. Its methods block, for at most ten seconds. Not safe for use by several
 * threads.
 */
public final class RawDatagrams implements AutoCloseable {

	private static final int ATTEMPTS = 20;

	private static final int ATTEMPT_MILLIS = 500;

	private static final int CID_LENGTH = 20;

	private static final byte[] NO_TOKEN = {};

	private final DatagramSocket socket;

	private final Random random;

	private long bytesSent;

	private long bytesReceived;

	/**
	 * Opens a socket on a port of its own.
	 * @param serverPort the server's UDP port on the loopback address
	 * @param seed makes the CIDs
	 */
	public RawDatagrams(int serverPort, long seed) throws IOException {
		this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
		this.socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort));
		this.socket.setSoTimeout(ATTEMPT_MILLIS);
		this.random = new Random(seed);
	}

	/**
	 * Makes a CID.
	 * @return twenty random bytes
	 */
	public byte[] newCid() {
		byte[] cid = new byte[CID_LENGTH];
		this.random.nextBytes(cid);
		return cid;
	}

	public void send(byte[] datagram) throws IOException {
		this.socket.send(new DatagramPacket(datagram, datagram.length));
		this.bytesSent += datagram.length;
	}

	/**
	 * Sends an Initial as a new client does.
	 * @param size how long the datagram is to be, bytes
	 */
	public void sendInitial(int size) throws IOException {
		send(SealedInitial.datagram(newCid(), newCid(), NO_TOKEN, size));
	}

	/**
	 * Asks for a Retry packet, as a new client does, and leaves it at that.
	 * @return the packet
	 */
	public Retry retry() throws IOException {
		return retry(newCid(), new ArrayList<>());
	}

	/**
	 * Collects what the server has answered to everything sent so far. It reads in order,
	 * so when it has answered one more Initial, it has read all; and one more after that,
	 * because what a connection has to say goes out when a whole batch has been read.
	 * @return the datagrams
	 */
	public List<byte[]> answers() throws IOException {
		List<byte[]> answers = new ArrayList<>();
		long sent = this.bytesSent;
		retry(newCid(), answers);
		retry(newCid(), answers);
		this.bytesSent = sent;
		return answers;
	}

	private Retry retry(byte[] ownCid, List<byte[]> others) throws IOException {
		for (int i = 0; i < ATTEMPTS; i++) {
			send(SealedInitial.datagram(newCid(), ownCid, NO_TOKEN, SealedInitial.FULL_SIZE));
			try {
				while (true) {
					byte[] datagram = receive();
					if (Retry.isRetry(datagram) && Retry.of(datagram).clientCid().equals(ByteString.copyFrom(ownCid))) {
						return Retry.of(datagram);
					}
					others.add(datagram);
					this.bytesReceived += datagram.length;
				}
			}
			catch (SocketTimeoutException ex) {
				// The next one may get there.
			}
		}
		throw new AssertionError("no Retry within " + ATTEMPTS * ATTEMPT_MILLIS + " ms");
	}

	private byte[] receive() throws IOException {
		DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
		this.socket.receive(packet);
		return Arrays.copyOf(packet.getData(), packet.getLength());
	}

	/**
	 * Returns how much was sent, but for the questions of {@link #answers()}.
	 * @return bytes of UDP payload
	 */
	public long bytesSent() {
		return this.bytesSent;
	}

	/**
	 * Returns how much was received, but for the Retry packets that were asked for.
	 * @return bytes of UDP payload
	 */
	public long bytesReceived() {
		return this.bytesReceived;
	}

	@Override
	public void close() {
		this.socket.close();
	}

	/**
	 * A Retry packet (RFC 9000, section 17.2.5).
	 *
	 * @param clientCid whom it is for
	 * @param serverCid where to send the next Initial
	 * @param token what to put into it
	 */
	public record Retry(ByteString clientCid, ByteString serverCid, ByteString token) {

		private static final int CIDS_OFFSET = 5;

		private static final int INTEGRITY_TAG_LENGTH = 16;

		/**
		 * Tells whether a datagram is a Retry packet.
		 * @param datagram the datagram
		 * @return whether it is
		 */
		public static boolean isRetry(byte[] datagram) {
			return datagram.length > CIDS_OFFSET && (datagram[0] & 0xF0) == 0xF0;
		}

		static Retry of(byte[] datagram) {
			ByteBuffer packet = ByteBuffer.wrap(datagram).position(CIDS_OFFSET);
			ByteString clientCid = ByteString.copyFrom(packet, packet.get());
			ByteString serverCid = ByteString.copyFrom(packet, packet.get());
			return new Retry(clientCid, serverCid,
					ByteString.copyFrom(packet, packet.remaining() - INTEGRITY_TAG_LENGTH));
		}

		/**
		 * Makes the Initial that a client answers it with.
		 * @param size how long the datagram is to be, bytes
		 * @return the datagram
		 */
		public byte[] answer(int size) {
			return answer(this.token.toByteArray(), size);
		}

		/**
		 * Makes the Initial that a client answers it with, but with another token.
		 * @param token the token
		 * @param size how long the datagram is to be, bytes
		 * @return the datagram
		 */
		public byte[] answer(byte[] token, int size) {
			return SealedInitial.datagram(this.serverCid.toByteArray(), this.clientCid.toByteArray(), token, size);
		}

	}

}
