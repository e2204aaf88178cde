package io.brpc.spring.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.brpc.CallLimits;
import io.brpc.CongestionControl;
import io.brpc.FrameSettings;
import io.brpc.TransportSettings;
import io.brpc.Wire;
import io.brpc.client.ReconnectSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * The properties of brpc clients. Immutable.
 *
 * @param connection Connections by name. A stub of the target 'brpc:NAME' calls over the
 * connection of that name.
 */
@ConfigurationProperties("brpc.client")
public record BrpcClientProperties(@DefaultValue Map<String, Connection> connection) {

	static final String CONNECTION_PREFIX = "brpc.client.connection";

	/**
	 * Checks the properties of every connection.
	 * @throws org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException
	 * if one is out of its range
	 */
	public BrpcClientProperties {
		connection = Map.copyOf(connection);
		connection.forEach((name, properties) -> properties.check(new PropertyRule(prefix(name))));
	}

	Connection require(String name) {
		return Objects.requireNonNull(this.connection.get(name), name);
	}

	static String prefix(String connection) {
		return CONNECTION_PREFIX + "." + connection;
	}

	/**
	 * A connection to a server, or to the first of several that answers.
	 *
	 * @param address Servers as host:port, tried in this order. Required.
	 * 'localhost:${local.brpc.server.port}' is the server in the same application.
	 * @param ssl TLS, without which there is no QUIC.
	 * @param autoConnect Whether to connect when the application starts, rather than with
	 * the first call.
	 * @param connectTimeout How long the set-up of a connection may take. More than 0.
	 * Seconds if no unit is given.
	 * @param drainTimeout How long calls in flight may take when the connection drains,
	 * which is then closed. More than 0. Seconds if no unit is given.
	 * @param wires What the connection may speak. The server takes the one of them that
	 * it prefers itself. The Go library speaks 'brpc/1' only.
	 * @param busyWait For how long the event loop of the connection looks for work before
	 * its thread sleeps. Meanwhile it takes CPU; small calls in quick succession get
	 * faster. Only on Linux with more than one processor. '0' for not at all. At most
	 * 1ms. Seconds if no unit is given.
	 * @param reconnect When to connect again.
	 * @param services '@BrpcClientService' beans to serve on this connection, by bean
	 * name or by gRPC service name. All without.
	 * @param inbound Limits on what arrives.
	 * @param outbound Limits on what is sent.
	 * @param quic How the connection behaves.
	 */
	public record Connection(@DefaultValue List<String> address, @DefaultValue Ssl ssl,
			@DefaultValue("true") boolean autoConnect,
			@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration connectTimeout,
			@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration drainTimeout, @DefaultValue( {
					"brpc/2", "brpc/1" }) List<Wire> wires,
			@DefaultValue("50us") @DurationUnit(ChronoUnit.SECONDS) Duration busyWait,
			@DefaultValue Reconnect reconnect, @Nullable List<String> services, @DefaultValue Inbound inbound,
			@DefaultValue Outbound outbound, @DefaultValue Quic quic){

		private void check(PropertyRule rule) {
			rule.check(!this.address.isEmpty(), "address", null, "must name a server as host:port");
			this.address.forEach((server) -> rule.check(ServerAddress.isValid(server), "address", server,
					"must be host:port, with a port from 1 to 65535"));
			rule.positive("connect-timeout", this.connectTimeout);
			rule.positive("drain-timeout", this.drainTimeout);
			rule.wires(this.wires);
			rule.busyWait(this.busyWait);
			rule.positive("reconnect.initial-backoff", this.reconnect.initialBackoff());
			rule.check(this.reconnect.maxBackoff().compareTo(this.reconnect.initialBackoff()) >= 0,
					"reconnect.max-backoff", this.reconnect.maxBackoff(),
					"must not be less than reconnect.initial-backoff, which is " + this.reconnect.initialBackoff());
			rule.limit("inbound.message.max-size", this.inbound.message().maxSize());
			rule.limit("inbound.metadata.max-size", this.inbound.metadata().maxSize());
			rule.atLeastOne("inbound.max-concurrent-calls", this.inbound.maxConcurrentCalls());
			rule.atLeastOne("inbound.max-resets-per-second", this.inbound.maxResetsPerSecond());
			rule.atLeastOne("inbound.max-depth", this.inbound.maxDepth());
			rule.frames(this.inbound.maxLanes(), this.inbound.callWindow(), this.inbound.maxUntakenSize());
			rule.atLeastOne("outbound.max-queued-size", this.outbound.maxQueuedSize());
			rule.positive("quic.max-idle-timeout", this.quic.maxIdleTimeout());
			rule.keepAlive(this.quic.keepAliveInterval(), this.quic.maxIdleTimeout());
			rule.windows(this.quic.initialMaxData(), this.quic.initialMaxStreamData());
			rule.datagram(this.quic.maxDatagramSize());
		}

		TransportSettings transportSettings() {
			return this.quic.toSettings(this.connectTimeout)
				.withDrainTimeout(this.drainTimeout)
				.withWires(this.wires.toArray(Wire[]::new))
				.withMaxQueuedBytes(this.outbound.maxQueuedSize().toBytes())
				.withFrames(this.inbound.toFrameSettings());
		}

		/**
		 * Trusted certificates, and the client's own.
		 *
		 * @param bundle SSL bundle with the certificates that the server's is checked
		 * against, and with the client's certificate and private key if it shows one.
		 * Without, the JVM's trust store and no certificate.
		 * @param serverName Name that the server's certificate has to have. The host of
		 * the first address without.
		 */
		public record Ssl(@Nullable String bundle, @Nullable String serverName) {

		}

		/**
		 * When to connect again.
		 *
		 * @param enabled Whether to connect again when a connection is lost, rather than
		 * with the next call.
		 * @param initialBackoff Delay before the first attempt. Grows by a factor of 1.6.
		 * More than 0. Seconds if no unit is given.
		 * @param maxBackoff Longest delay between attempts. At least 'initial-backoff'.
		 * Seconds if no unit is given.
		 */
		public record Reconnect(@DefaultValue("true") boolean enabled,
				@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration initialBackoff,
				@DefaultValue("2m") @DurationUnit(ChronoUnit.SECONDS) Duration maxBackoff) {

			ReconnectSettings toSettings() {
				return new ReconnectSettings(this.enabled, this.initialBackoff, this.maxBackoff);
			}

		}

		/**
		 * Limits on what arrives, in answers and in the requests of callbacks.
		 *
		 * @param message Limits on messages.
		 * @param metadata Limits on metadata.
		 * @param maxConcurrentCalls Calls of the server that may be in flight. More wait
		 * at the server. At least 1.
		 * @param maxResetsPerSecond Calls that the server may cancel per second. If it
		 * cancels more, the connection is closed. At least 1.
		 * @param maxDepth Calls that may be nested in each other, in either direction. A
		 * call that arrives at the client deeper than that ends with
		 * 'RESOURCE_EXHAUSTED'. At least 1.
		 * @param maxLanes Streams that the server may share among its unary callbacks.
		 * With more of them, a lost packet holds up fewer calls. Only on 'brpc/2'. 1 to
		 * 64.
		 * @param callWindow What the server may send of the messages of one call before
		 * the application takes any. Only on 'brpc/2'. 1B to 2147483647B. Bytes if no
		 * unit is given.
		 * @param maxUntakenSize Most that may have arrived without being taken by the
		 * application. A call that brings more ends with 'RESOURCE_EXHAUSTED'. Only on
		 * 'brpc/2'. At least 'call-window'. Bytes if no unit is given.
		 */
		public record Inbound(@DefaultValue Message message, @DefaultValue Metadata metadata,
				@DefaultValue("1000") int maxConcurrentCalls, @DefaultValue("1000") int maxResetsPerSecond,
				@DefaultValue("8") int maxDepth, @DefaultValue("4") int maxLanes,
				@DefaultValue("512KB") DataSize callWindow, @DefaultValue("64MB") DataSize maxUntakenSize) {

			FrameSettings toFrameSettings() {
				return new FrameSettings(this.maxLanes, Math.toIntExact(this.callWindow.toBytes()),
						this.maxUntakenSize.toBytes());
			}

			CallLimits toCallLimits() {
				return new CallLimits(this.maxConcurrentCalls, this.maxResetsPerSecond, this.maxDepth);
			}

			/**
			 * Limits on messages.
			 *
			 * @param maxSize Largest answer, and largest request of a callback. 1B to
			 * 2147483647B. Bytes if no unit is given.
			 */
			public record Message(@DefaultValue("4MB") DataSize maxSize) {

			}

			/**
			 * Limits on metadata.
			 *
			 * @param maxSize Largest metadata of an answer, and of a callback's request.
			 * 1B to 2147483647B. Bytes if no unit is given.
			 */
			public record Metadata(@DefaultValue("8KB") DataSize maxSize) {

			}

		}

		/**
		 * Limits on what is sent.
		 *
		 * @param maxQueuedSize Most that may wait to be sent. A call that sends more,
		 * without heeding 'isReady()', ends with 'RESOURCE_EXHAUSTED'. No less than the
		 * largest message. At least 1B. Bytes if no unit is given.
		 */
		public record Outbound(@DefaultValue("64MB") DataSize maxQueuedSize) {

		}

		/**
		 * How the connection behaves.
		 *
		 * @param maxIdleTimeout Time without a sign of life after which the connection is
		 * lost. The smaller one of both ends counts. More than 0. Seconds if no unit is
		 * given.
		 * @param keepAliveInterval Silence after which the client asks for a sign of
		 * life, which also keeps NAT bindings open. '0' for never. Otherwise at least
		 * 10s, and less than 'max-idle-timeout'. Seconds if no unit is given.
		 * @param initialMaxData Flow control credit of the connection at its start. Grows
		 * with use. 1B to 1GB. Bytes if no unit is given.
		 * @param initialMaxStreamData Flow control credit of a stream at its start. Grows
		 * with use. 1B to 'initial-max-data'. Bytes if no unit is given.
		 * @param congestionControl How to find the sending rate.
		 * @param maxDatagramSize Largest UDP payload. On Linux, datagrams begin with
		 * 1200B and grow up to this as far as the path lets them through; elsewhere they
		 * stay there. Keep to '1200B' where that fails, which the other end heeds too.
		 * 1200B to 8972B. Bytes if no unit is given.
		 */
		public record Quic(@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration maxIdleTimeout,
				@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration keepAliveInterval,
				@DefaultValue("16MB") DataSize initialMaxData, @DefaultValue("8MB") DataSize initialMaxStreamData,
				@DefaultValue("cubic") CongestionControl congestionControl,
				@DefaultValue("8972B") DataSize maxDatagramSize) {

			TransportSettings toSettings(Duration connectTimeout) {
				return TransportSettings.defaults()
					.withIdle(this.maxIdleTimeout, this.keepAliveInterval)
					.withSetupTimeout(connectTimeout)
					.withFlowControl(this.initialMaxData.toBytes(), this.initialMaxStreamData.toBytes())
					.withCongestionControl(this.congestionControl)
					.withMaxDatagramSize(Math.toIntExact(this.maxDatagramSize.toBytes()));
			}

		}

	}

}
