package io.brpc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bad network on this machine: clients send to the relay's address, the relay sends to
 * the server from a port of its own for each client, and back, and what happens on the
 * way follows {@link RelayRules}, which may change at any time.
 * <p>
 * All chance comes from one seed, which is logged; the same datagrams in the same order
 * meet the same fate again with {@code -Dbrpc.relay.seed}.
 * <p>
 * Safe for use by any thread. The work is done by one thread of its own.
 */
public final class UdpRelay implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(UdpRelay.class);

	private static final int MAX_DATAGRAM = 65_535;

	private static final int SOCKET_BUFFER = 4 << 20;

	/**
	 * How much may wait for a rate limit, bytes; what comes beyond is lost, as in a
	 * router.
	 */
	private static final int MAX_QUEUED_BYTES = 256 << 10;

	private static final long JOIN_MILLIS = 5_000;

	/**
	 * Which way a datagram goes.
	 */
	public enum Direction {

		/**
		 * From a client to the server.
		 */
		TO_SERVER,

		/**
		 * From the server to a client.
		 */
		TO_CLIENT

	}

	private final Lane toServer = new Lane(Direction.TO_SERVER);

	private final Lane toClient = new Lane(Direction.TO_CLIENT);

	private final PriorityQueue<Departure> departures = new PriorityQueue<>(
			Comparator.comparingLong(Departure::nanos).thenComparingLong(Departure::order));

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final Map<SocketAddress, Flow> flows = new HashMap<>();

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_DATAGRAM);

	private final InetSocketAddress server;

	private final long seed;

	private final Random random;

	private final Selector selector;

	private final DatagramChannel front;

	private final Thread thread;

	private volatile boolean closed;

	private long order;

	private UdpRelay(InetSocketAddress server, long seed) throws IOException {
		this.server = server;
		this.seed = seed;
		this.random = new Random(seed);
		this.selector = Selector.open();
		this.front = open();
		this.front.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		this.front.register(this.selector, SelectionKey.OP_READ);
		this.thread = new Thread(this::run, "udp-relay");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Opens a relay that does nothing bad yet.
	 * @param port the server's port on this machine
	 * @return the relay, to be closed
	 */
	public static UdpRelay to(int port) {
		return to(port, Long.getLong("brpc.relay.seed", new Random().nextLong()));
	}

	/**
	 * Opens a relay that does nothing bad yet.
	 * @param port the server's port on this machine
	 * @param seed where its chance comes from
	 * @return the relay, to be closed
	 */
	public static UdpRelay to(int port, long seed) {
		try {
			UdpRelay relay = new UdpRelay(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), seed);
			logger.info("{}; again with -Dbrpc.relay.seed={}", relay, seed);
			return relay;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns where clients send to, on the loopback address.
	 * @return the port
	 */
	public int port() {
		return this.front.socket().getLocalPort();
	}

	/**
	 * Changes what happens in both directions, from the next datagram on.
	 * @param rules the new rules
	 * @return this
	 */
	public UdpRelay rules(RelayRules rules) {
		return rules(Direction.TO_SERVER, rules).rules(Direction.TO_CLIENT, rules);
	}

	/**
	 * Changes what happens in one direction, from the next datagram on.
	 * @param direction the direction
	 * @param rules the new rules
	 * @return this
	 */
	public UdpRelay rules(Direction direction, RelayRules rules) {
		lane(direction).rules = rules;
		return this;
	}

	/**
	 * Changes the port from which the server sees each client, as a NAT does that forgot
	 * its binding. What the server sends to the old one is lost.
	 */
	public void rebind() {
		this.tasks.add(() -> this.flows.values().forEach(this::rebind));
		this.selector.wakeup();
	}

	/**
	 * Returns how many datagrams arrived at the relay.
	 * @param direction which way they go
	 * @return the count, up to now
	 */
	public long received(Direction direction) {
		return lane(direction).received.get();
	}

	/**
	 * Returns how many datagrams the relay lost by its rules.
	 * @param direction which way they would have gone
	 * @return the count, up to now
	 */
	public long lost(Direction direction) {
		return lane(direction).lost.get();
	}

	/**
	 * Returns how large the largest datagram was that the relay let through.
	 * @param direction which way it went
	 * @return its size, bytes; zero if there was none
	 */
	public int largest(Direction direction) {
		return lane(direction).largest.get();
	}

	private Lane lane(Direction direction) {
		return switch (direction) {
			case TO_SERVER -> this.toServer;
			case TO_CLIENT -> this.toClient;
		};
	}

	private static DatagramChannel open() throws IOException {
		DatagramChannel channel = DatagramChannel.open();
		channel.configureBlocking(false);
		channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
		channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
		return channel;
	}

	private void run() {
		try {
			while (!this.closed) {
				long wait = millisToNextDeparture();
				if (wait == 0) {
					this.selector.selectNow(this::readable);
				}
				else {
					this.selector.select(this::readable, wait);
				}
				for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
					task.run();
				}
				depart();
			}
		}
		catch (IOException | RuntimeException ex) {
			if (!this.closed) {
				logger.error("{} broke down", this, ex);
			}
		}
		finally {
			release();
		}
	}

	private long millisToNextDeparture() {
		Departure next = this.departures.peek();
		if (next == null) {
			return Long.MAX_VALUE;
		}
		long nanos = next.nanos() - System.nanoTime();
		return (nanos <= 0) ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
	}

	private void readable(SelectionKey key) {
		Flow flow = (Flow) key.attachment();
		try {
			if (flow == null) {
				readFront();
			}
			else {
				readBack(flow);
			}
		}
		catch (PortUnreachableException ex) {
			// Nobody listens where the server was; to the client that is silence.
			logger.trace("{}: no server", this, ex);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void readFront() throws IOException {
		for (SocketAddress client = receive(); client != null; client = receive()) {
			Flow flow = this.flows.get(client);
			if (flow == null) {
				flow = new Flow(client);
				this.flows.put(client, flow);
				rebind(flow);
			}
			arrived(this.toServer, flow);
		}
	}

	private @Nullable SocketAddress receive() throws IOException {
		this.buffer.clear();
		return this.front.receive(this.buffer);
	}

	private void readBack(Flow flow) throws IOException {
		DatagramChannel back = flow.back;
		this.buffer.clear();
		while (back != null && back.read(this.buffer) > 0) {
			arrived(this.toClient, flow);
			this.buffer.clear();
		}
	}

	private void rebind(Flow flow) {
		try {
			DatagramChannel last = flow.back;
			if (last != null) {
				last.close();
			}
			DatagramChannel back = open();
			back.connect(this.server);
			back.register(this.selector, SelectionKey.OP_READ, flow);
			flow.back = back;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void arrived(Lane lane, Flow flow) {
		RelayRules rules = lane.rules;
		long index = lane.received.getAndIncrement();
		boolean lost = this.random.nextDouble() < rules.loss();
		boolean doubled = this.random.nextDouble() < rules.duplicates();
		if (lost || rules.drop(index, this.buffer.position())) {
			lane.lost.incrementAndGet();
			return;
		}
		byte[] bytes = new byte[this.buffer.flip().remaining()];
		this.buffer.get(bytes);
		lane.largest.accumulateAndGet(bytes.length, Math::max);
		send(lane, rules, flow, bytes);
		if (doubled) {
			send(lane, rules, flow, bytes);
		}
	}

	private void send(Lane lane, RelayRules rules, Flow flow, byte[] bytes) {
		long now = System.nanoTime();
		long start = now;
		if (rules.bytesPerSecond() > 0) {
			start = Math.max(now, lane.freeAtNanos);
			double queued = (double) (start - now) * rules.bytesPerSecond() / TimeUnit.SECONDS.toNanos(1);
			if (queued > MAX_QUEUED_BYTES) {
				lane.lost.incrementAndGet();
				return;
			}
			lane.freeAtNanos = start + bytes.length * TimeUnit.SECONDS.toNanos(1) / rules.bytesPerSecond();
		}
		long delay = rules.delayNanos(this.random);
		this.departures.add(new Departure(start + delay, this.order++, lane.direction, flow, bytes));
	}

	private void depart() throws IOException {
		long now = System.nanoTime();
		for (Departure next = this.departures.peek(); next != null
				&& next.nanos() <= now; next = this.departures.peek()) {
			this.departures.remove();
			ByteBuffer bytes = ByteBuffer.wrap(next.bytes());
			DatagramChannel back = next.flow().back;
			try {
				if (next.direction() == Direction.TO_CLIENT) {
					this.front.send(bytes, next.flow().client);
				}
				else if (back != null) {
					back.write(bytes);
				}
			}
			catch (PortUnreachableException ex) {
				logger.trace("{}: no server", this, ex);
			}
		}
	}

	private void release() {
		try {
			for (Flow flow : this.flows.values()) {
				if (flow.back != null) {
					flow.back.close();
				}
			}
			this.front.close();
			this.selector.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Ends the relay, with what is under way in it.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.selector.wakeup();
		try {
			this.thread.join(JOIN_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public String toString() {
		return "UdpRelay[" + port() + " to " + this.server + ", seed " + this.seed + "]";
	}

	/**
	 * One direction. Its figures may be read by any thread.
	 */
	private static final class Lane {

		private final AtomicLong received = new AtomicLong();

		private final AtomicLong lost = new AtomicLong();

		private final AtomicInteger largest = new AtomicInteger();

		private final Direction direction;

		private volatile RelayRules rules = RelayRules.NONE;

		private long freeAtNanos = System.nanoTime();

		Lane(Direction direction) {
			this.direction = direction;
		}

	}

	/**
	 * A client, and the socket that stands for it. Confined to the relay's thread.
	 */
	private static final class Flow {

		private final SocketAddress client;

		private @Nullable DatagramChannel back;

		Flow(SocketAddress client) {
			this.client = client;
		}

	}

	/**
	 * A datagram under way.
	 */
	private record Departure(long nanos, long order, Direction direction, Flow flow, byte[] bytes) {

	}

}
