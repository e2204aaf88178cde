package io.brpc.spring.boot.autoconfigure.observability;

import java.time.Duration;
import java.util.function.ToDoubleFunction;

import io.brpc.CloseReason;
import io.brpc.ConnectionStats;
import io.brpc.Wire;
import io.brpc.spring.boot.autoconfigure.observability.ConnectionFigures.Sum;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;

/**
 * The meters of one server's or one client's connections in one registry.
 * {@code docs/observability.md} has the same list.
 * <p>
 * Safe for use by any thread.
 */
final class BoundMeters {

	private static final String NO_CODE = "none";

	private final MeterRegistry registry;

	private final String prefix;

	private final Tags tags;

	private final ConnectionFigures figures;

	private final Timer setup;

	private final Timer rtt;

	private final DistributionSummary congestionWindow;

	BoundMeters(MeterRegistry registry, String prefix, Tags tags, ConnectionFigures figures) {
		this.registry = registry;
		this.prefix = prefix;
		this.tags = tags;
		this.figures = figures;
		this.setup = timer("connections.setup", "Time from the begin of a connection until it was ready");
		this.rtt = timer("connections.rtt", "Smoothed round-trip time of each connection at each sample");
		this.congestionWindow = DistributionSummary.builder(name("connections.congestion.window"))
			.description("Congestion window of each connection at each sample")
			.baseUnit(BaseUnits.BYTES)
			.tags(tags)
			.register(registry);
		gauges();
		counter("packets.sent", "QUIC packets sent", Sum.PACKETS_SENT).register(registry);
		counter("packets.received", "QUIC packets received", Sum.PACKETS_RECEIVED).register(registry);
		counter("packets.lost", "QUIC packets sent and lost", Sum.PACKETS_LOST).register(registry);
		counter("traffic.sent", "Sent in UDP datagrams", Sum.BYTES_SENT).baseUnit(BaseUnits.BYTES).register(registry);
		counter("traffic.received", "Received in UDP datagrams", Sum.BYTES_RECEIVED).baseUnit(BaseUnits.BYTES)
			.register(registry);
	}

	private void gauges() {
		for (Wire wire : Wire.values()) {
			gauge("connections", "Connections that are ready or drain", (figures) -> figures.count(wire))
				.tag("wire", wire.protocol())
				.register(this.registry);
		}
		gauge("calls", "Calls in flight", (figures) -> figures.now(ConnectionStats::inboundCalls))
			.tag("direction", "inbound")
			.register(this.registry);
		gauge("calls", "Calls in flight", (figures) -> figures.now(ConnectionStats::outboundCalls))
			.tag("direction", "outbound")
			.register(this.registry);
		gauge("queued", "Messages that wait to be sent", (figures) -> figures.now(ConnectionStats::queuedBytes))
			.baseUnit(BaseUnits.BYTES)
			.register(this.registry);
	}

	private String name(String name) {
		return this.prefix + "." + name;
	}

	private Timer timer(String name, String description) {
		return Timer.builder(name(name)).description(description).tags(this.tags).register(this.registry);
	}

	private Gauge.Builder<ConnectionFigures> gauge(String name, String description,
			ToDoubleFunction<ConnectionFigures> value) {
		return Gauge.builder(name(name), this.figures, value).description(description).tags(this.tags);
	}

	private FunctionCounter.Builder<ConnectionFigures> counter(String name, String description, Sum sum) {
		return FunctionCounter.builder(name(name), this.figures, (figures) -> figures.total(sum))
			.description(description)
			.tags(this.tags);
	}

	/**
	 * A connection became ready.
	 * @param setupTime how long that took
	 */
	void connected(Duration setupTime) {
		this.setup.record(setupTime);
	}

	/**
	 * A connection ended that had been ready.
	 * @param reason how
	 */
	void closed(CloseReason reason) {
		count("connections.closed", "Connections that were ready and have ended", reason);
	}

	/**
	 * A connection did not become ready.
	 * @param reason why
	 */
	void failed(CloseReason reason) {
		count("connections.failed", "Connections that did not become ready", reason);
	}

	private void count(String name, String description, CloseReason reason) {
		Counter.builder(name(name))
			.description(description)
			.tags(this.tags)
			.tag("origin", reason.origin().name())
			.tag("code", (reason.code() != null) ? reason.code().name() : NO_CODE)
			.register(this.registry)
			.increment();
	}

	/**
	 * A connection gave its figures. What it does not know yet, or no longer, is zero.
	 * @param stats the figures
	 */
	void sampled(ConnectionStats stats) {
		if (!stats.smoothedRtt().isZero()) {
			this.rtt.record(stats.smoothedRtt());
		}
		if (stats.congestionWindowBytes() > 0) {
			this.congestionWindow.record((double) stats.congestionWindowBytes());
		}
	}

}
