package io.brpc.internal.quic;

import java.net.InetAddress;

import io.brpc.TransportSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.SegmentedDatagramPacket;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import io.netty.util.concurrent.DefaultThreadFactory;

import static io.brpc.TransportSettings.MAX_DATAGRAM_SIZE;

/**
 * The kind of UDP socket that this machine does best: epoll, which sends and receives
 * many datagrams with one system call, or else NIO. Immutable.
 */
public enum DatagramTransport {

	/**
	 * Linux, with the native library.
	 */
	EPOLL {
		@Override
		IoHandlerFactory ioHandlerFactory(BusyWait busyWait) {
			// With one processor, who is waited for needs it.
			long waitNanos = (Runtime.getRuntime().availableProcessors() > 1) ? busyWait.time().toNanos() : 0;
			return (loop) -> EpollIoHandler
				.newFactory(0,
						() -> new ShortWait(waitNanos, () -> QuicEventLoopGroup.hasTasks(loop), System::nanoTime))
				.newHandler(loop);
		}

		@Override
		void configure(Bootstrap bootstrap) {
			bootstrap.channel(EpollDatagramChannel.class)
				.option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_DATAGRAM_SIZE)
				.option(ChannelOption.RECVBUF_ALLOCATOR, ARRIVALS)
				.option(IPV4_MTU_DISCOVER, NEVER_FRAGMENT);
			if (Socket.isIPv6Preferred()) {
				bootstrap.option(IPV6_MTU_DISCOVER, NEVER_FRAGMENT);
			}
		}

		@Override
		int maxDatagramSize(TransportSettings settings, InetAddress local) {
			return InterfaceMtu.bound(settings.maxDatagramSize(), local);
		}

		@Override
		SegmentedDatagramPacketAllocator segments() {
			return SegmentedDatagramPacket.isSupported() ? EpollQuicUtils.newSegmentedAllocator(SEGMENTS_PER_WRITE)
					: SegmentedDatagramPacketAllocator.NONE;
		}
	},

	/**
	 * Everywhere else.
	 */
	NIO {
		@Override
		IoHandlerFactory ioHandlerFactory(BusyWait busyWait) {
			return NioIoHandler.newFactory();
		}

		@Override
		void configure(Bootstrap bootstrap) {
			bootstrap.channel(NioDatagramChannel.class)
				.option(ChannelOption.RECVBUF_ALLOCATOR,
						new FixedRecvByteBufAllocator(MAX_DATAGRAM_SIZE).maxMessagesPerRead(DATAGRAMS_PER_TURN));
		}

		@Override
		int maxDatagramSize(TransportSettings settings, InetAddress local) {
			return TransportSettings.MIN_DATAGRAM_SIZE;
		}

		@Override
		SegmentedDatagramPacketAllocator segments() {
			return SegmentedDatagramPacketAllocator.NONE;
		}
	};

	/**
	 * How many datagrams one system call may bring.
	 */
	private static final int DATAGRAMS_PER_READ = 16;

	/**
	 * How many datagrams are read at most before the loop goes on to its tasks. All
	 * connections of a server share one socket, so this is what the whole server gets to
	 * read in a turn. With Netty's 16, a loop with many tasks reads less than arrives,
	 * and what stands in the socket's buffer becomes seconds of round-trip time for
	 * everybody.
	 */
	private static final int DATAGRAMS_PER_TURN = 128;

	/**
	 * How many datagrams leave in one piece: all together have to fit in the largest IP
	 * packet, 64 KiB.
	 */
	private static final int SEGMENTS_PER_WRITE = 7;

	private static final BacklogAllocator ARRIVALS = new BacklogAllocator(MAX_DATAGRAM_SIZE, DATAGRAMS_PER_READ,
			DATAGRAMS_PER_TURN);

	/**
	 * {@code IP_MTU_DISCOVER} of Linux, which nobody else here has.
	 */
	private static final IntegerUnixChannelOption IPV4_MTU_DISCOVER = new IntegerUnixChannelOption("IP_MTU_DISCOVER", 0,
			10);

	/**
	 * {@code IPV6_MTU_DISCOVER} of Linux.
	 */
	private static final IntegerUnixChannelOption IPV6_MTU_DISCOVER = new IntegerUnixChannelOption("IPV6_MTU_DISCOVER",
			41, 23);

	/**
	 * {@code IP_PMTUDISC_PROBE}: IP must not fragment datagrams (RFC 9000, section 14),
	 * and QUIC finds out itself what gets through, whatever an ICMP packet says.
	 */
	private static final int NEVER_FRAGMENT = 3;

	private static final int SOCKET_BUFFER_SIZE = 4 << 20;

	/**
	 * Returns the best one here.
	 * @return {@link #EPOLL} where its native library loads
	 */
	public static DatagramTransport best() {
		return Epoll.isAvailable() ? EPOLL : NIO;
	}

	/**
	 * Starts an event loop of one thread; a UDP socket with all of its connections lives
	 * on one loop.
	 * @param name the thread's name
	 * @return the group; whoever asked for it shuts it down
	 */
	public EventLoopGroup newEventLoopGroup(String name) {
		return newEventLoopGroup(name, BusyWait.defaults());
	}

	/**
	 * Starts an event loop of one thread that waits in a certain way.
	 * @param name the thread's name
	 * @param busyWait how long it looks for work before it sleeps; NIO does not at all
	 * @return the group; whoever asked for it shuts it down
	 */
	public EventLoopGroup newEventLoopGroup(String name, BusyWait busyWait) {
		return new QuicEventLoopGroup(new DefaultThreadFactory(name, true), ioHandlerFactory(busyWait));
	}

	Bootstrap newBootstrap(EventLoop loop) {
		Bootstrap bootstrap = new Bootstrap().group(loop)
			.option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_SIZE)
			.option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_SIZE);
		configure(bootstrap);
		return bootstrap;
	}

	abstract IoHandlerFactory ioHandlerFactory(BusyWait busyWait);

	abstract void configure(Bootstrap bootstrap);

	/**
	 * Returns up to which size connections look for the largest datagram that gets
	 * through. To look at all takes a socket that does not fragment them.
	 * @param settings how the connections behave
	 * @param local the socket's own address
	 * @return the largest datagram that is tried, bytes
	 */
	abstract int maxDatagramSize(TransportSettings settings, InetAddress local);

	/**
	 * Returns how a QUIC connection puts many datagrams into one system call (UDP GSO).
	 * @return the value of the connection's option
	 */
	abstract SegmentedDatagramPacketAllocator segments();

}
