package io.brpc.internal.quic;

import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;

import io.brpc.TransportSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link InterfaceMtu}.
 */
class InterfaceMtuTests {

	@ParameterizedTest
	@CsvSource({ "8972, 1500, 192.0.2.1, 1472", "8972, 1500, 2001:db8::1, 1452", "8972, 9000, 192.0.2.1, 8972",
			"8972, 65536, 192.0.2.1, 8972", "1300, 1500, 192.0.2.1, 1300", "8972, 576, 192.0.2.1, 1200",
			"1200, 1500, 192.0.2.1, 1200" })
	void datagramsFitIntoOneOfTheInterfacesPackets(int wanted, int mtu, String local, int bound)
			throws UnknownHostException {
		assertThat(InterfaceMtu.bound(wanted, mtu, InetAddress.getByName(local))).isEqualTo(bound);
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "::", "127.0.0.1", "::1", "192.0.2.1" })
	void anAddressThatIsNoOneInterfacesOrNoNetworksBoundsNothing(String local) throws Exception {
		InetAddress address = InetAddress.getByName(local);
		assumeThat(address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) == null).isTrue();
		assertThat(InterfaceMtu.bound(TransportSettings.MAX_DATAGRAM_SIZE, address))
			.isEqualTo(TransportSettings.MAX_DATAGRAM_SIZE);
	}

	@Test
	void aSocketThatIsConnectedHasTheAddressOfItsInterface() throws Exception {
		NetworkInterface network = aNetwork();
		InetAddress address = network.inetAddresses().filter(Inet4Address.class::isInstance).findFirst().orElseThrow();
		EventLoopGroup group = DatagramTransport.best().newEventLoopGroup("test");
		try (DatagramSocket peer = new DatagramSocket(new InetSocketAddress(address, 0))) {
			Channel channel = DatagramTransport.best()
				.newBootstrap(group.next())
				.handler(new ChannelInboundHandlerAdapter())
				.connect(peer.getLocalSocketAddress())
				.sync()
				.channel();
			InetAddress local = ((InetSocketAddress) channel.localAddress()).getAddress();
			assertThat(InterfaceMtu.bound(TransportSettings.MAX_DATAGRAM_SIZE, local))
				.isEqualTo(InterfaceMtu.bound(TransportSettings.MAX_DATAGRAM_SIZE, network.getMTU(), address));
		}
		finally {
			group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
		}
	}

	private static NetworkInterface aNetwork() throws SocketException {
		NetworkInterface network = NetworkInterface.networkInterfaces()
			.filter(InterfaceMtuTests::isNetwork)
			.findFirst()
			.orElse(null);
		assumeThat(network).as("a network interface with an address of IPv4").isNotNull();
		return network;
	}

	private static boolean isNetwork(NetworkInterface network) {
		try {
			return network.isUp() && !network.isLoopback()
					&& network.inetAddresses().anyMatch(Inet4Address.class::isInstance);
		}
		catch (SocketException ex) {
			return false;
		}
	}

}
