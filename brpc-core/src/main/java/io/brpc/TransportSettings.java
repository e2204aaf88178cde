package io.brpc;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;

/**
 * How a QUIC connection behaves. Both ends have settings of their own; of the idle
 * time-outs the smaller one counts (RFC 9000, section 10.1).
 * <p>
 * Immutable.
 *
 * @param maxIdleTimeout a connection on which nothing arrives for this long is lost
 * @param keepAliveInterval a client whose connection is silent for this long asks for a
 * sign of life, which also keeps NAT bindings open; less than the idle time-out and at
 * least 10 seconds, below which gRPC does not go; zero for none, and then a connection
 * without calls is lost after the idle time-out
 * @param setupTimeout time for the whole of a connection's set-up: handshake, connection
 * ID and both gRPC streams
 * @param drainTimeout when the peer ends a connection in an orderly way, how long the
 * calls in flight may take before this side closes it anyway
 * @param initialMaxData flow control credit of a connection at its start, bytes; QUIC
 * raises it with use (RFC 9000, section 4.1)
 * @param initialMaxStreamData flow control credit of a stream at its start, bytes; at
 * most that of the connection
 * @param maxQueuedBytes how much of the messages that this end sends may wait for the
 * other end, bytes, in both directions of calls together; it should be no less than the
 * largest message. A call that sends more without heeding {@code isReady()} ends with
 * {@code RESOURCE_EXHAUSTED}
 * @param congestionControl how to find the sending rate
 * @param maxDatagramSize the largest UDP payload, bytes, {@value #MIN_DATAGRAM_SIZE} to
 * {@value #MAX_DATAGRAM_SIZE}. Where sockets can be told not to fragment, which is on
 * Linux, datagrams begin with {@value #MIN_DATAGRAM_SIZE} bytes and grow up to this as
 * far as the path lets them through (RFC 9000, section 14.3), and shrink again when it no
 * longer does. With {@value #MIN_DATAGRAM_SIZE}, neither this end nor another one of this
 * library that it is connected with ever tries more
 * @param applicationProtocols by which names {@link Wire#BRPC_1} is offered, the
 * preferred one first (ALPN, RFC 7301)
 * @param wires what calls may travel as, the preferred one first; of several that both
 * ends have, the server's preference counts
 * @param frames how much the peer may send by {@link Wire#BRPC_2}
 */
public record TransportSettings(Duration maxIdleTimeout, Duration keepAliveInterval, Duration setupTimeout,
		Duration drainTimeout, long initialMaxData, long initialMaxStreamData, long maxQueuedBytes,
		CongestionControl congestionControl, int maxDatagramSize, List<String> applicationProtocols, List<Wire> wires,
		FrameSettings frames) {

	/**
	 * The smallest keep-alive interval, which is gRPC's.
	 */
	public static final Duration MIN_KEEP_ALIVE_INTERVAL = Duration.ofSeconds(10);

	/**
	 * The smallest {@code maxDatagramSize}, bytes: what every path of QUIC lets through
	 * (RFC 9000, section 14).
	 */
	public static final int MIN_DATAGRAM_SIZE = 1200;

	/**
	 * The largest {@code maxDatagramSize}, bytes: what an Ethernet with jumbo frames
	 * takes.
	 */
	public static final int MAX_DATAGRAM_SIZE = 8972;

	private static final TransportSettings DEFAULTS = new TransportSettings(Duration.ofSeconds(30),
			MIN_KEEP_ALIVE_INTERVAL, Duration.ofSeconds(10), Duration.ofSeconds(30), 16L << 20, 8L << 20, 64L << 20,
			CongestionControl.CUBIC, MAX_DATAGRAM_SIZE, List.of(Wire.BRPC_1.protocol()),
			List.of(Wire.BRPC_2, Wire.BRPC_1), FrameSettings.defaults());

	private static final long MAX_WINDOW = 1L << 30;

	private static final int MAX_PROTOCOL_LENGTH = 255;

	/**
	 * Checks the settings.
	 * @throws IllegalArgumentException if one is out of its range; the message says which
	 * it is
	 */
	public TransportSettings {
		requirePositive("maxIdleTimeout", maxIdleTimeout);
		requirePositive("setupTimeout", setupTimeout);
		requirePositive("drainTimeout", drainTimeout);
		if (!keepAliveInterval.isZero()) {
			requireKeepAlive(keepAliveInterval, maxIdleTimeout);
		}
		requireWindow("initialMaxData", initialMaxData);
		requireWindow("initialMaxStreamData", initialMaxStreamData);
		if (initialMaxStreamData > initialMaxData) {
			throw new IllegalArgumentException("initialMaxStreamData is " + initialMaxStreamData
					+ ", more than initialMaxData, which is " + initialMaxData);
		}
		if (maxQueuedBytes < 1) {
			throw new IllegalArgumentException("maxQueuedBytes is " + maxQueuedBytes + ", at least 1");
		}
		Objects.requireNonNull(congestionControl, "congestionControl");
		if (maxDatagramSize < MIN_DATAGRAM_SIZE || maxDatagramSize > MAX_DATAGRAM_SIZE) {
			throw new IllegalArgumentException("maxDatagramSize is " + maxDatagramSize + " bytes, " + MIN_DATAGRAM_SIZE
					+ " to " + MAX_DATAGRAM_SIZE);
		}
		applicationProtocols = List.copyOf(applicationProtocols);
		if (applicationProtocols.isEmpty()) {
			throw new IllegalArgumentException(
					"applicationProtocols is empty; QUIC needs ALPN (RFC 9001, section 8.1)");
		}
		for (String protocol : applicationProtocols) {
			if (protocol.isEmpty() || protocol.length() > MAX_PROTOCOL_LENGTH) {
				throw new IllegalArgumentException("applicationProtocols has a name of " + protocol.length()
						+ " characters, 1 to " + MAX_PROTOCOL_LENGTH);
			}
			if (protocol.equals(Wire.BRPC_2.protocol())) {
				throw new IllegalArgumentException(
						"applicationProtocols has " + protocol + ", which is another wire's name");
			}
		}
		wires = List.copyOf(wires);
		requireWires(wires);
		Objects.requireNonNull(frames, "frames");
	}

	/**
	 * Returns the defaults: idle time-out 30 s, keep-alive 10 s, set-up 10 s, drain 30 s,
	 * 16 MiB of credit for a connection and 8 MiB for a stream, 64 MiB that may wait,
	 * CUBIC, datagrams of up to 8,972 bytes, {@link Wire#BRPC_2} rather than
	 * {@link Wire#BRPC_1}, the latter by the name of {@code brpc/1}, and
	 * {@link FrameSettings#defaults()}.
	 * @return the defaults
	 */
	public static TransportSettings defaults() {
		return DEFAULTS;
	}

	/**
	 * Returns these settings with other time-outs for silence.
	 * @param maxIdleTimeout see {@link #maxIdleTimeout()}
	 * @param keepAliveInterval see {@link #keepAliveInterval()}
	 * @return the changed settings
	 */
	public TransportSettings withIdle(Duration maxIdleTimeout, Duration keepAliveInterval) {
		return new TransportSettings(maxIdleTimeout, keepAliveInterval, this.setupTimeout, this.drainTimeout,
				this.initialMaxData, this.initialMaxStreamData, this.maxQueuedBytes, this.congestionControl,
				this.maxDatagramSize, this.applicationProtocols, this.wires, this.frames);
	}

	/**
	 * Returns these settings with another limit for the set-up.
	 * @param setupTimeout see {@link #setupTimeout()}
	 * @return the changed settings
	 */
	public TransportSettings withSetupTimeout(Duration setupTimeout) {
		return new TransportSettings(this.maxIdleTimeout, this.keepAliveInterval, setupTimeout, this.drainTimeout,
				this.initialMaxData, this.initialMaxStreamData, this.maxQueuedBytes, this.congestionControl,
				this.maxDatagramSize, this.applicationProtocols, this.wires, this.frames);
	}

	/**
	 * Returns these settings with another limit for the drain.
	 * @param drainTimeout see {@link #drainTimeout()}
	 * @return the changed settings
	 */
	public TransportSettings withDrainTimeout(Duration drainTimeout) {
		return new TransportSettings(this.maxIdleTimeout, this.keepAliveInterval, this.setupTimeout, drainTimeout,
				this.initialMaxData, this.initialMaxStreamData, this.maxQueuedBytes, this.congestionControl,
				this.maxDatagramSize, this.applicationProtocols, this.wires, this.frames);
	}

	/**
	 * Returns these settings with other flow control credit.
	 * @param initialMaxData see {@link #initialMaxData()}
	 * @param initialMaxStreamData see {@link #initialMaxStreamData()}
	 * @return the changed settings
	 */
	public TransportSettings withFlowControl(long initialMaxData, long initialMaxStreamData) {
		return new TransportSettings(this.maxIdleTimeout, this.keepAliveInterval, this.setupTimeout, this.drainTimeout,
				initialMaxData, initialMaxStreamData, this.maxQueuedBytes, this.congestionControl, this.maxDatagramSize,
				this.applicationProtocols, this.wires, this.frames);
	}

	/**
	 * Returns these settings with another limit on what may wait to be sent.
	 * @param maxQueuedBytes see {@link #maxQueuedBytes()}
	 * @return the changed settings
	 */
	public TransportSettings withMaxQueuedBytes(long maxQueuedBytes) {
		return new TransportSettings(this.maxIdleTimeout, this.keepAliveInterval, this.setupTimeout, this.drainTimeout,
				this.initialMaxData, this.initialMaxStreamData, maxQueuedBytes, this.congestionControl,
				this.maxDatagramSize, this.applicationProtocols, this.wires, this.frames);
	}

	/**
	 * Returns these settings with another congestion control.
	 * @param congestionControl see {@link #congestionControl()}
	 * @return the changed settings
	 */
	public TransportSettings withCongestionControl(CongestionControl congestionControl) {
		return new TransportSettings(this.maxIdleTimeout, this.keepAliveInterval, this.setupTimeout, this.drainTimeout,
				this.initialMaxData, this.initialMaxStreamData, this.maxQueuedBytes, congestionControl,
				this.maxDatagramSize, this.applicationProtocols, this.wires, this.frames);
	}

	/**
	 * Returns these settings with another limit on the size of datagrams.
	 * @param maxDatagramSize see {@link #maxDatagramSize()}
	 * @return the changed settings
	 */
	public TransportSettings withMaxDatagramSize(int maxDatagramSize) {
		return new TransportSettings(this.maxIdleTimeout, this.keepAliveInterval, this.setupTimeout, this.drainTimeout,
				this.initialMaxData, this.initialMaxStreamData, this.maxQueuedBytes, this.congestionControl,
				maxDatagramSize, this.applicationProtocols, this.wires, this.frames);
	}

	/**
	 * Returns these settings with other ALPN protocol names.
	 * @param applicationProtocols see {@link #applicationProtocols()}
	 * @return the changed settings
	 */
	public TransportSettings withApplicationProtocols(String... applicationProtocols) {
		return new TransportSettings(this.maxIdleTimeout, this.keepAliveInterval, this.setupTimeout, this.drainTimeout,
				this.initialMaxData, this.initialMaxStreamData, this.maxQueuedBytes, this.congestionControl,
				this.maxDatagramSize, List.of(applicationProtocols), this.wires, this.frames);
	}

	/**
	 * Returns these settings with other wires.
	 * @param wires see {@link #wires()}
	 * @return the changed settings
	 */
	public TransportSettings withWires(Wire... wires) {
		return new TransportSettings(this.maxIdleTimeout, this.keepAliveInterval, this.setupTimeout, this.drainTimeout,
				this.initialMaxData, this.initialMaxStreamData, this.maxQueuedBytes, this.congestionControl,
				this.maxDatagramSize, this.applicationProtocols, List.of(wires), this.frames);
	}

	/**
	 * Returns these settings with other limits on what the peer sends by
	 * {@link Wire#BRPC_2}.
	 * @param frames see {@link #frames()}
	 * @return the changed settings
	 */
	public TransportSettings withFrames(FrameSettings frames) {
		return new TransportSettings(this.maxIdleTimeout, this.keepAliveInterval, this.setupTimeout, this.drainTimeout,
				this.initialMaxData, this.initialMaxStreamData, this.maxQueuedBytes, this.congestionControl,
				this.maxDatagramSize, this.applicationProtocols, this.wires, frames);
	}

	private static void requireWires(List<Wire> wires) {
		if (wires.isEmpty()) {
			throw new IllegalArgumentException("wires is empty, at least one");
		}
		if (wires.size() > EnumSet.copyOf(wires).size()) {
			throw new IllegalArgumentException("wires is " + wires + ", each at most once");
		}
	}

	private static void requirePositive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new IllegalArgumentException(name + " is " + value + ", more than zero");
		}
	}

	private static void requireKeepAlive(Duration keepAliveInterval, Duration maxIdleTimeout) {
		if (keepAliveInterval.compareTo(MIN_KEEP_ALIVE_INTERVAL) < 0) {
			throw new IllegalArgumentException(
					"keepAliveInterval is " + keepAliveInterval + ", at least " + MIN_KEEP_ALIVE_INTERVAL + " or zero");
		}
		if (keepAliveInterval.compareTo(maxIdleTimeout) >= 0) {
			throw new IllegalArgumentException("keepAliveInterval is " + keepAliveInterval
					+ ", less than maxIdleTimeout, which is " + maxIdleTimeout);
		}
	}

	private static void requireWindow(String name, long bytes) {
		if (bytes < 1 || bytes > MAX_WINDOW) {
			throw new IllegalArgumentException(name + " is " + bytes + " bytes, 1 to " + MAX_WINDOW);
		}
	}

}
