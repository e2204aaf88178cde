package io.brpc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.brpc.testing.Departures.Departure;
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

	private final Departures departures = new Departures();

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final Map<SocketAddress, RelayFlow> flows = new HashMap<>();

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_DATAGRAM);

	private final InetSocketAddress server;

	private final long seed;

	private final RelayLane toServer;

	private final RelayLane toClient;

	private final Selector selector;

	private final DatagramChannel front;

	private final Thread thread;

	private volatile boolean closed;

	private UdpRelay(InetSocketAddress server, long seed) throws IOException {
		this.server = server;
		this.seed = seed;
		Random random = new Random(seed);
		this.toServer = new RelayLane(Direction.TO_SERVER, random, this.departures);
		this.toClient = new RelayLane(Direction.TO_CLIENT, random, this.departures);
		this.selector = Selector.open();
		this.front = RelayFlow.open();
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
		lane(direction).rules(rules);
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
		return lane(direction).received();
	}

	/**
	 * Returns how many datagrams the relay lost by its rules.
	 * @param direction which way they would have gone
	 * @return the count, up to now
	 */
	public long lost(Direction direction) {
		return lane(direction).lost();
	}

	/**
	 * Returns how large the largest datagram was that the relay let through.
	 * @param direction which way it went
	 * @return its size, bytes; zero if there was none
	 */
	public int largest(Direction direction) {
		return lane(direction).largest();
	}

	private RelayLane lane(Direction direction) {
		return switch (direction) {
			case TO_SERVER -> this.toServer;
			case TO_CLIENT -> this.toClient;
		};
	}

	private void run() {
		try {
			while (!this.closed) {
				long wait = this.departures.millisToNext();
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

	private void readable(SelectionKey key) {
		RelayFlow flow = (RelayFlow) key.attachment();
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
			RelayFlow flow = this.flows.get(client);
			if (flow == null) {
				flow = new RelayFlow(client);
				this.flows.put(client, flow);
				rebind(flow);
			}
			this.toServer.arrived(flow, this.buffer.flip());
		}
	}

	private @Nullable SocketAddress receive() throws IOException {
		this.buffer.clear();
		return this.front.receive(this.buffer);
	}

	private void readBack(RelayFlow flow) throws IOException {
		this.buffer.clear();
		while (flow.read(this.buffer)) {
			this.toClient.arrived(flow, this.buffer.flip());
			this.buffer.clear();
		}
	}

	private void rebind(RelayFlow flow) {
		try {
			flow.rebind(this.server, this.selector);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void depart() throws IOException {
		long now = System.nanoTime();
		for (Departure next = this.departures.poll(now); next != null; next = this.departures.poll(now)) {
			ByteBuffer bytes = ByteBuffer.wrap(next.datagram());
			try {
				if (next.direction() == Direction.TO_CLIENT) {
					this.front.send(bytes, next.flow().client());
				}
				else {
					next.flow().write(bytes);
				}
			}
			catch (PortUnreachableException ex) {
				logger.trace("{}: no server", this, ex);
			}
		}
	}

	private void release() {
		try {
			for (RelayFlow flow : this.flows.values()) {
				flow.close();
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

}
