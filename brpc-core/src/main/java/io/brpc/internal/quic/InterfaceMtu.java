package io.brpc.internal.quic;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

import io.brpc.TransportSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MTU of this end of a path, which the path's is not above: what is larger, the
 * kernel does not send, so that to try it costs a connection time and CPU for nothing.
 * Not instantiable.
 */
final class InterfaceMtu {

	private static final Logger logger = LoggerFactory.getLogger(InterfaceMtu.class);

	private static final int UDP_HEADER = 8;

	private static final int IPV4_HEADER = 20;

	private static final int IPV6_HEADER = 40;

	private InterfaceMtu() {
	}

	/**
	 * Bounds the size of datagrams by what their network interface takes. Where that is
	 * not known, which it is not for a socket that is bound to all addresses, they are
	 * not bounded.
	 * @param maxDatagramSize the largest datagram that is wanted, bytes
	 * @param local the socket's own address
	 * @return the largest datagram that makes sense, bytes, at least
	 * {@link TransportSettings#MIN_DATAGRAM_SIZE}
	 */
	static int bound(int maxDatagramSize, InetAddress local) {
		if (local.isAnyLocalAddress() || local.isLoopbackAddress()) {
			return maxDatagramSize;
		}
		try {
			NetworkInterface network = NetworkInterface.getByInetAddress(local);
			return (network != null) ? bound(maxDatagramSize, network.getMTU(), local) : maxDatagramSize;
		}
		catch (SocketException ex) {
			logger.debug("the MTU of the interface with {} is not known", local, ex);
			return maxDatagramSize;
		}
	}

	static int bound(int maxDatagramSize, int mtu, InetAddress local) {
		int headers = UDP_HEADER + ((local instanceof Inet6Address) ? IPV6_HEADER : IPV4_HEADER);
		return Math.max(TransportSettings.MIN_DATAGRAM_SIZE, Math.min(maxDatagramSize, mtu - headers));
	}

}
