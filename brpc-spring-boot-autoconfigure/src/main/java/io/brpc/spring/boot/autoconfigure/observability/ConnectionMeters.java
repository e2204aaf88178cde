package io.brpc.spring.boot.autoconfigure.observability;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.concurrent.CopyOnWriteArrayList;

import io.brpc.BrpcConnection;
import io.brpc.CloseReason;
import io.brpc.ConnectionListener;
import io.brpc.ConnectionStats;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters of one server's or one client's connections. None is of a single connection:
 * what differs between connections is a distribution, with a sample of each connection at
 * each interval.
 * <p>
 * Safe for use by any thread.
 */
final class ConnectionMeters implements ConnectionListener, MeterBinder {

	private final ConnectionFigures figures = new ConnectionFigures();

	private final Collection<BoundMeters> bound = new CopyOnWriteArrayList<>();

	private final String prefix;

	private final Tags tags;

	/**
	 * Makes the meters, of which a registry knows when they are bound to it.
	 * @param prefix what the names of the meters begin with, without a dot at the end
	 * @param tags what all of them have
	 */
	ConnectionMeters(String prefix, Tags tags) {
		this.prefix = prefix;
		this.tags = tags;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.bound.add(new BoundMeters(registry, this.prefix, this.tags, this.figures));
	}

	/**
	 * Returns the connections to take samples of.
	 * @return those that live
	 */
	Collection<BrpcConnection> connections() {
		return this.figures.connections();
	}

	/**
	 * Takes a sample.
	 * @param connection the connection
	 * @param stats its figures
	 */
	void sample(BrpcConnection connection, ConnectionStats stats) {
		this.figures.update(connection, stats);
		this.bound.forEach((meters) -> meters.sampled(stats));
	}

	@Override
	public void connected(BrpcConnection connection) {
		this.figures.begin(connection);
		this.bound.forEach((meters) -> meters.connected(connection.setupTime()));
	}

	@Override
	public void disconnected(BrpcConnection connection, CloseReason reason) {
		this.figures.end(connection);
		this.bound.forEach((meters) -> meters.closed(reason));
	}

	@Override
	public void failed(InetSocketAddress remoteAddress, CloseReason reason) {
		this.bound.forEach((meters) -> meters.failed(reason));
	}

}
