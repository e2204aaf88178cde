package io.brpc.internal.quic;

import io.brpc.TransportSettings;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicTransportParameters;

/**
 * Keeps the datagrams of a connection at the size that every path lets through. quiche
 * has no such command for a connection that exists; but it fills the buffers that Netty
 * takes from the connection's allocator, and makes no datagram larger than its buffer,
 * nor a probe of the path's MTU. Data that were lost in larger ones are sent again in
 * several of these.
 * <p>
 * Immutable; set on a connection's event loop.
 */
final class DatagramLimit extends AbstractByteBufAllocator {

	private final ByteBufAllocator buffers;

	private DatagramLimit(ByteBufAllocator buffers) {
		super(true);
		this.buffers = buffers;
	}

	/**
	 * Limits the datagrams of a connection from the next one on. Idempotent.
	 * @param quic the connection
	 */
	static void apply(QuicChannel quic) {
		ByteBufAllocator buffers = quic.alloc();
		if (!(buffers instanceof DatagramLimit)) {
			quic.config().setAllocator(new DatagramLimit(buffers));
		}
	}

	/**
	 * Limits the datagrams of a connection whose peer does not want larger ones (RFC
	 * 9000, section 18.2, max_udp_payload_size), which quiche does not heed when it looks
	 * for the path's MTU. Peers that accept more, but less than this end tries, lose the
	 * probes that are too large, as a path does that does not let them through.
	 * @param quic the connection, whose handshake is complete
	 */
	static void heedPeer(QuicChannel quic) {
		QuicTransportParameters peer = quic.peerTransportParameters();
		if (peer != null && peer.maxUdpPayloadSize() <= TransportSettings.MIN_DATAGRAM_SIZE) {
			apply(quic);
		}
	}

	@Override
	protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
		return this.buffers.heapBuffer(initialCapacity, maxCapacity);
	}

	@Override
	protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
		return this.buffers.directBuffer(Math.min(initialCapacity, TransportSettings.MIN_DATAGRAM_SIZE), maxCapacity);
	}

	@Override
	public boolean isDirectBufferPooled() {
		return this.buffers.isDirectBufferPooled();
	}

}
