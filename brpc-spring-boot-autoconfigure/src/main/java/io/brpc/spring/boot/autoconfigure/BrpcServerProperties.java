package io.brpc.spring.boot.autoconfigure;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.brpc.AdmissionLimits;
import io.brpc.CallLimits;
import io.brpc.CallbackLimits;
import io.brpc.CongestionControl;
import io.brpc.DuplicatePrincipal;
import io.brpc.FrameSettings;
import io.brpc.TransportSettings;
import io.brpc.Wire;
import io.grpc.TlsServerCredentials.ClientAuth;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * The properties of the brpc server. Immutable.
 *
 * @param enabled Whether to run a brpc server.
 * @param address Address to listen on. All addresses of the machine without.
 * @param port UDP port. '0' for any that is free, which is then 'local.brpc.server.port'.
 * 0 to 65535.
 * @param ssl TLS, without which there is no QUIC.
 * @param maxConnections Connections to take. One more is refused, and its client told
 * why. At least 1.
 * @param maxConnectionsPerAddress Connections to take from one IP address. Clients behind
 * one NAT share it. At least 1.
 * @param maxHandshakes Clients that may be in their handshake at once. What more send is
 * dropped, and sent again by them. At least 1.
 * @param maxUnverifiedHandshakes Handshakes under way up to which a client need not show
 * first, by a Retry, that its address is its own. '0' asks every client, which costs each
 * a round trip.
 * @param duplicatePrincipal What to do when a client connects that is connected already.
 * @param drainTimeout How long calls in flight may take when a single connection drains,
 * which is then closed. More than 0. Seconds if no unit is given.
 * @param wires What connections may speak, the preferred one first, which is taken if the
 * client speaks it. The Go library speaks 'brpc/1' only.
 * @param busyWait For how long the event loop looks for work before its thread sleeps.
 * Meanwhile it takes CPU; small calls in quick succession get faster. Only on Linux with
 * more than one processor. '0' for not at all. At most 1ms. Seconds if no unit is given.
 * @param shutdown How the server stops.
 * @param inbound Limits on what arrives.
 * @param outbound Limits on what is sent.
 * @param callback Limits on the calls to clients.
 * @param quic How connections behave.
 */
@ConfigurationProperties("brpc.server")
public record BrpcServerProperties(@DefaultValue("false") boolean enabled, @Nullable InetAddress address,
		@DefaultValue("9443") int port, @DefaultValue Ssl ssl, @DefaultValue("10000") int maxConnections,
		@DefaultValue("1000") int maxConnectionsPerAddress, @DefaultValue("1000") int maxHandshakes,
		@DefaultValue("0") int maxUnverifiedHandshakes, @DefaultValue("allow") DuplicatePrincipal duplicatePrincipal,
		@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration drainTimeout, @DefaultValue( {
				"brpc/2", "brpc/1" }) List<Wire> wires,
		@DefaultValue("50us") @DurationUnit(ChronoUnit.SECONDS) Duration busyWait, @DefaultValue Shutdown shutdown,
		@DefaultValue Inbound inbound, @DefaultValue Outbound outbound, @DefaultValue Callback callback,
		@DefaultValue Quic quic){

	private static final int MAX_PORT = 65535;

	/**
	 * Checks the properties.
	 * @throws org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException
	 * if one is out of its range
	 */
	public BrpcServerProperties {
		PropertyRule rule = new PropertyRule("brpc.server");
		rule.check(port >= 0 && port <= MAX_PORT, "port", port, "must be 0 to " + MAX_PORT);
		rule.atLeastOne("max-connections", maxConnections);
		rule.atLeastOne("max-connections-per-address", maxConnectionsPerAddress);
		rule.atLeastOne("max-handshakes", maxHandshakes);
		rule.check(maxUnverifiedHandshakes >= 0, "max-unverified-handshakes", maxUnverifiedHandshakes,
				"must not be negative");
		rule.wires(wires);
		rule.busyWait(busyWait);
		rule.positive("callback.default-deadline", callback.defaultDeadline());
		rule.atLeastOne("callback.max-concurrent-per-connection", callback.maxConcurrentPerConnection());
		rule.atLeastOne("callback.max-depth", callback.maxDepth());
		rule.positive("drain-timeout", drainTimeout);
		rule.notNegative("shutdown.grace-period", shutdown.gracePeriod());
		rule.limit("inbound.message.max-size", inbound.message().maxSize());
		rule.limit("inbound.metadata.max-size", inbound.metadata().maxSize());
		rule.atLeastOne("inbound.max-concurrent-calls", inbound.maxConcurrentCalls());
		rule.atLeastOne("inbound.max-resets-per-second", inbound.maxResetsPerSecond());
		rule.frames(inbound.maxLanes(), inbound.callWindow(), inbound.maxUntakenSize());
		rule.atLeastOne("outbound.max-queued-size", outbound.maxQueuedSize());
		rule.positive("quic.max-idle-timeout", quic.maxIdleTimeout());
		rule.windows(quic.initialMaxData(), quic.initialMaxStreamData());
		rule.datagram(quic.maxDatagramSize());
	}

	InetSocketAddress socketAddress() {
		return (this.address != null) ? new InetSocketAddress(this.address, this.port)
				: new InetSocketAddress(this.port);
	}

	AdmissionLimits admissionLimits() {
		return new AdmissionLimits(this.maxConnections, this.maxConnectionsPerAddress, this.maxHandshakes,
				this.maxUnverifiedHandshakes);
	}

	CallLimits callLimits() {
		return new CallLimits(this.inbound.maxConcurrentCalls(), this.inbound.maxResetsPerSecond(),
				this.callback.maxDepth());
	}

	TransportSettings transportSettings() {
		return this.quic.toSettings()
			.withDrainTimeout(this.drainTimeout)
			.withWires(this.wires.toArray(Wire[]::new))
			.withMaxQueuedBytes(this.outbound.maxQueuedSize().toBytes())
			.withFrames(this.inbound.toFrameSettings());
	}

	/**
	 * The server's certificate, and what it wants of clients'.
	 *
	 * @param bundle SSL bundle with the server's certificate and private key, and with
	 * the certificates that clients' are checked against. Required.
	 * @param clientAuth Whether clients show a certificate.
	 */
	public record Ssl(@Nullable String bundle, @DefaultValue("none") ClientAuth clientAuth) {

	}

	/**
	 * How the server stops.
	 *
	 * @param gracePeriod How long calls in flight may take when the server stops. Seconds
	 * if no unit is given.
	 */
	public record Shutdown(@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration gracePeriod) {

	}

	/**
	 * Limits on what arrives, in requests and in the answers to callbacks.
	 *
	 * @param message Limits on messages.
	 * @param metadata Limits on metadata.
	 * @param maxConcurrentCalls Calls of one client that may be in flight. More wait at
	 * the client. At least 1.
	 * @param maxResetsPerSecond Calls that one client may cancel per second. A client
	 * that cancels more loses its connection. At least 1.
	 * @param maxLanes Streams that one client may share among its unary calls. With more
	 * of them, a lost packet holds up fewer calls. Only on 'brpc/2'. 1 to 64.
	 * @param callWindow What a client may send of the messages of one call before the
	 * handler takes any. Only on 'brpc/2'. 1B to 2147483647B. Bytes if no unit is given.
	 * @param maxUntakenSize Most that may have arrived of one client without being taken
	 * by handlers. A call that brings more ends with 'RESOURCE_EXHAUSTED'. Only on
	 * 'brpc/2'. At least 'call-window'. Bytes if no unit is given.
	 */
	public record Inbound(@DefaultValue Message message, @DefaultValue Metadata metadata,
			@DefaultValue("1000") int maxConcurrentCalls, @DefaultValue("1000") int maxResetsPerSecond,
			@DefaultValue("4") int maxLanes, @DefaultValue("512KB") DataSize callWindow,
			@DefaultValue("64MB") DataSize maxUntakenSize) {

		FrameSettings toFrameSettings() {
			return new FrameSettings(this.maxLanes, Math.toIntExact(this.callWindow.toBytes()),
					this.maxUntakenSize.toBytes());
		}

		/**
		 * Limits on messages.
		 *
		 * @param maxSize Largest request message, and largest answer of a client to a
		 * callback. 1B to 2147483647B. Bytes if no unit is given.
		 */
		public record Message(@DefaultValue("4MB") DataSize maxSize) {

		}

		/**
		 * Limits on metadata.
		 *
		 * @param maxSize Largest metadata of a request, and of a client's answer to a
		 * callback. 1B to 2147483647B. Bytes if no unit is given.
		 */
		public record Metadata(@DefaultValue("8KB") DataSize maxSize) {

		}

	}

	/**
	 * Limits on what is sent.
	 *
	 * @param maxQueuedSize Most that may wait to be sent to one client. A call that sends
	 * more, without heeding 'isReady()', ends with 'RESOURCE_EXHAUSTED'. No less than the
	 * largest message. At least 1B. Bytes if no unit is given.
	 */
	public record Outbound(@DefaultValue("64MB") DataSize maxQueuedSize) {

	}

	/**
	 * Limits on the calls to clients.
	 *
	 * @param defaultDeadline Time after which a unary callback without a deadline of its
	 * own ends with 'DEADLINE_EXCEEDED'. It never outlives the call in whose handler it
	 * is made. More than 0. Seconds if no unit is given.
	 * @param maxConcurrentPerConnection Callbacks to one client that may be in flight.
	 * One more ends at once with 'RESOURCE_EXHAUSTED'. At least 1.
	 * @param maxDepth Calls that may be nested in each other, each made by the handler of
	 * the one before, in either direction. A call that arrives at the server deeper than
	 * that ends with 'RESOURCE_EXHAUSTED'. At least 1.
	 */
	public record Callback(@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration defaultDeadline,
			@DefaultValue("100") int maxConcurrentPerConnection, @DefaultValue("8") int maxDepth) {

		CallbackLimits toCallbackLimits() {
			return new CallbackLimits(this.defaultDeadline, this.maxConcurrentPerConnection);
		}

	}

	/**
	 * How connections behave.
	 *
	 * @param maxIdleTimeout Time without a sign of life after which a connection is lost.
	 * The smaller one of both ends counts. More than 0. Seconds if no unit is given.
	 * @param initialMaxData Flow control credit of a connection at its start. Grows with
	 * use. 1B to 1GB. Bytes if no unit is given.
	 * @param initialMaxStreamData Flow control credit of a stream at its start. Grows
	 * with use. 1B to 'initial-max-data'. Bytes if no unit is given.
	 * @param congestionControl How to find the sending rate.
	 * @param maxDatagramSize Largest UDP payload. On Linux, datagrams begin with 1200B
	 * and grow up to this as far as the path lets them through; elsewhere they stay
	 * there. Keep to '1200B' where that fails, which the other end heeds too. 1200B to
	 * 8972B. Bytes if no unit is given.
	 */
	public record Quic(@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration maxIdleTimeout,
			@DefaultValue("16MB") DataSize initialMaxData, @DefaultValue("8MB") DataSize initialMaxStreamData,
			@DefaultValue("cubic") CongestionControl congestionControl,
			@DefaultValue("8972B") DataSize maxDatagramSize) {

		TransportSettings toSettings() {
			return TransportSettings.defaults()
				.withIdle(this.maxIdleTimeout, Duration.ZERO)
				.withFlowControl(this.initialMaxData.toBytes(), this.initialMaxStreamData.toBytes())
				.withCongestionControl(this.congestionControl)
				.withMaxDatagramSize(Math.toIntExact(this.maxDatagramSize.toBytes()));
		}

	}

}
