package io.brpc.internal.quic;

import java.util.concurrent.TimeUnit;

import io.brpc.CongestionControl;
import io.brpc.TransportSettings;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicCongestionControlAlgorithm;

/**
 * What listener and dialer tell the codec alike. Not instantiable.
 */
final class QuicSettings {

	/**
	 * The largest UDP payload that is accepted, bytes. The peer is told (RFC 9000,
	 * section 18.2, max_udp_payload_size) and receive buffers have this size.
	 */
	static final int MAX_DATAGRAM_SIZE = 2048;

	/**
	 * How many QUIC CIDs are kept in store for each other. Netty spends one on every
	 * change of the path and does not get it back, so this is one more than the NAT
	 * rebindings that a connection survives.
	 */
	private static final int ACTIVE_CONNECTION_ID_LIMIT = 8;

	private QuicSettings() {
	}

	/**
	 * Applies settings.
	 * @param codec the codec's builder
	 * @param settings the settings
	 * @param bidirectionalStreams how many bidirectional streams the peer may open
	 * @param unidirectionalStreams how many unidirectional streams the peer may open
	 * @return the builder
	 */
	static <B extends QuicCodecBuilder<B>> B apply(QuicCodecBuilder<B> codec, TransportSettings settings,
			int bidirectionalStreams, int unidirectionalStreams) {
		return codec.maxIdleTimeout(settings.maxIdleTimeout().toMillis(), TimeUnit.MILLISECONDS)
			.initialMaxData(settings.initialMaxData())
			.initialMaxStreamDataBidirectionalLocal(settings.initialMaxStreamData())
			.initialMaxStreamDataBidirectionalRemote(settings.initialMaxStreamData())
			.initialMaxStreamDataUnidirectional(settings.initialMaxStreamData())
			.initialMaxStreamsBidirectional(bidirectionalStreams)
			.initialMaxStreamsUnidirectional(unidirectionalStreams)
			.congestionControlAlgorithm(algorithm(settings.congestionControl()))
			.maxRecvUdpPayloadSize(MAX_DATAGRAM_SIZE)
			.activeConnectionIdLimit(ACTIVE_CONNECTION_ID_LIMIT)
			.activeMigration(false);
	}

	private static QuicCongestionControlAlgorithm algorithm(CongestionControl congestionControl) {
		return switch (congestionControl) {
			case CUBIC -> QuicCongestionControlAlgorithm.CUBIC;
			case RENO -> QuicCongestionControlAlgorithm.RENO;
			case BBR -> QuicCongestionControlAlgorithm.BBR;
		};
	}

}
