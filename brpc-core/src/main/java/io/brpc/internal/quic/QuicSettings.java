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
	 * How many QUIC CIDs of a client the server keeps in store. Netty spends one on every
	 * change of the path and does not get it back, so this is one more than the NAT
	 * rebindings that a connection survives.
	 */
	static final int CONNECTION_IDS_OF_CLIENT = 8;

	/**
	 * How many QUIC CIDs of the server a client keeps in store: the least there may be
	 * (RFC 9000, section 18.2), for a client never changes the path by itself. Netty's
	 * server makes only one besides the first, and tries in vain to make more with every
	 * packet that comes, as long as the client would take them.
	 */
	static final int CONNECTION_IDS_OF_SERVER = 2;

	private QuicSettings() {
	}

	/**
	 * Applies settings.
	 * @param codec the codec's builder
	 * @param settings the settings
	 * @param maxDatagramSize the largest datagram that is tried, bytes
	 * @param bidirectionalStreams how many bidirectional streams the peer may open
	 * @param unidirectionalStreams how many unidirectional streams the peer may open
	 * @return the builder
	 */
	static <B extends QuicCodecBuilder<B>> B apply(QuicCodecBuilder<B> codec, TransportSettings settings,
			int maxDatagramSize, int bidirectionalStreams, int unidirectionalStreams) {
		return codec.maxIdleTimeout(settings.maxIdleTimeout().toMillis(), TimeUnit.MILLISECONDS)
			.initialMaxData(settings.initialMaxData())
			.initialMaxStreamDataBidirectionalLocal(settings.initialMaxStreamData())
			.initialMaxStreamDataBidirectionalRemote(settings.initialMaxStreamData())
			.initialMaxStreamDataUnidirectional(settings.initialMaxStreamData())
			.initialMaxStreamsBidirectional(bidirectionalStreams)
			.initialMaxStreamsUnidirectional(unidirectionalStreams)
			.congestionControlAlgorithm(algorithm(settings.congestionControl()))
			.maxRecvUdpPayloadSize(settings.maxDatagramSize())
			.maxSendUdpPayloadSize(maxDatagramSize)
			.discoverPmtu(maxDatagramSize > TransportSettings.MIN_DATAGRAM_SIZE)
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
