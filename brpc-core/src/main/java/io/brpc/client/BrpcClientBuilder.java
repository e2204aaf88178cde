package io.brpc.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import io.brpc.CallLimits;
import io.brpc.ConnectionListener;
import io.brpc.TransportSettings;
import io.brpc.internal.connection.CallExecutor;
import io.brpc.internal.connection.ChannelRecorder;
import io.brpc.internal.connection.DialSettings;
import io.brpc.internal.connection.Dialer;
import io.brpc.internal.connection.ServiceRecorder;
import io.brpc.internal.h2.StreamCaller;
import io.brpc.internal.h2.StreamServer;
import io.brpc.internal.quic.Alpn;
import io.brpc.internal.quic.BusyWait;
import io.brpc.internal.quic.DatagramTransport;
import io.brpc.internal.quic.QuicTls;
import io.grpc.BindableService;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link BrpcClient}. Forward means calls from the client to the server, reverse
 * means calls from the server to the client.
 * <p>
 * Not safe for use by several threads.
 */
public final class BrpcClientBuilder {

	private final String target;

	private final ChannelCredentials credentials;

	private final StreamServer reverseStreams = new StreamServer();

	private final ServiceRecorder reverseServices = new ServiceRecorder(this.reverseStreams.builder());

	private final List<Consumer<ManagedChannelBuilder<?>>> channelCustomizers = new ArrayList<>();

	private final List<ConnectionListener> listeners = new ArrayList<>();

	private TransportSettings settings = TransportSettings.defaults();

	private BusyWait busyWait = BusyWait.defaults();

	private ReconnectSettings reconnect = ReconnectSettings.defaults();

	private CallLimits callLimits = CallLimits.defaults();

	private @Nullable Executor executor;

	private @Nullable EventLoopGroup loops;

	private @Nullable String serverName;

	private BrpcClientBuilder(String target, ChannelCredentials credentials) {
		this.target = Objects.requireNonNull(target, "target");
		this.credentials = Objects.requireNonNull(credentials, "credentials");
	}

	/**
	 * Dials the first of several servers that answers. Without
	 * {@link #serverName(String)}, the certificates of all of them have to have the first
	 * one's name.
	 * @param addresses {@code host:port} each, tried in this order; at least one
	 * @param credentials {@link io.grpc.TlsChannelCredentials}, because QUIC has no
	 * plaintext
	 * @return the builder
	 */
	public static BrpcClientBuilder forAddresses(List<String> addresses, ChannelCredentials credentials) {
		return new BrpcClientBuilder(AddressListResolverProvider.target(addresses), credentials);
	}

	/**
	 * Dials what a gRPC target stands for.
	 * @param target such as {@code host:port} or {@code dns:///host:port}
	 * @param credentials {@link io.grpc.TlsChannelCredentials}, because QUIC has no
	 * plaintext
	 * @return the builder
	 */
	public static BrpcClientBuilder forTarget(String target, ChannelCredentials credentials) {
		return new BrpcClientBuilder(target, credentials);
	}

	/**
	 * Dials a server.
	 * @param host a name or an address
	 * @param port the UDP port
	 * @param credentials {@link io.grpc.TlsChannelCredentials}, because QUIC has no
	 * plaintext
	 * @return the builder
	 */
	public static BrpcClientBuilder forAddress(String host, int port, ChannelCredentials credentials) {
		return new BrpcClientBuilder((host.contains(":") ? "[" + host + "]" : host) + ":" + port, credentials);
	}

	/**
	 * Adds a service that the server may call.
	 * @param service the service
	 * @return this
	 */
	public BrpcClientBuilder addService(BindableService service) {
		return addService(service.bindService());
	}

	/**
	 * Adds a service that the server may call.
	 * @param service the service
	 * @return this
	 */
	public BrpcClientBuilder addService(ServerServiceDefinition service) {
		this.reverseServices.addService(service);
		return this;
	}

	/**
	 * Adds an interceptor to the calls that the server makes.
	 * @param interceptor the interceptor; of several, the last one added runs first
	 * @return this
	 */
	public BrpcClientBuilder interceptCallbacks(ServerInterceptor interceptor) {
		this.reverseServices.intercept(interceptor);
		return this;
	}

	/**
	 * Changes the gRPC server of the server's calls in ways that this builder does not
	 * have.
	 * @param customizer called at once with the server's builder; it must leave executor,
	 * transport security, keep-alive and the age of connections alone
	 * @return this
	 */
	public BrpcClientBuilder customizeCallbacks(Consumer<ServerBuilder<?>> customizer) {
		customizer.accept(this.reverseServices);
		return this;
	}

	/**
	 * Adds interceptors to the calls that this client makes.
	 * @param interceptors the interceptors; of several, the last one added runs first
	 * @return this
	 */
	public BrpcClientBuilder intercept(ClientInterceptor... interceptors) {
		return customizeChannel((builder) -> builder.intercept(interceptors));
	}

	/**
	 * Changes the forward gRPC channel in ways that this builder does not have.
	 * @param customizer called with the channel's builder; it must leave transport
	 * security, idle time-out and keep-alive alone
	 * @return this
	 */
	public BrpcClientBuilder customizeChannel(Consumer<ManagedChannelBuilder<?>> customizer) {
		this.channelCustomizers.add(customizer);
		return this;
	}

	/**
	 * Limits the messages that arrive, in both directions of calls.
	 * @param bytes the largest message; 4 MiB without
	 * @return this
	 */
	public BrpcClientBuilder maxInboundMessageSize(int bytes) {
		this.reverseServices.maxInboundMessageSize(bytes);
		return customizeChannel((builder) -> builder.maxInboundMessageSize(bytes));
	}

	/**
	 * Limits the metadata that arrive, in both directions of calls.
	 * @param bytes the largest metadata; 8 KiB without
	 * @return this
	 */
	public BrpcClientBuilder maxInboundMetadataSize(int bytes) {
		this.reverseServices.maxInboundMetadataSize(bytes);
		return customizeChannel((builder) -> builder.maxInboundMetadataSize(bytes));
	}

	/**
	 * Sets the name that the server's certificate has to have, instead of the host that
	 * is dialed.
	 * @param serverName a DNS name or an IP address
	 * @return this
	 */
	public BrpcClientBuilder serverName(String serverName) {
		this.serverName = Objects.requireNonNull(serverName, "serverName");
		return this;
	}

	/**
	 * Sets how connections behave.
	 * @param settings the settings
	 * @return this
	 */
	public BrpcClientBuilder transportSettings(TransportSettings settings) {
		this.settings = Objects.requireNonNull(settings, "settings");
		return this;
	}

	/**
	 * Sets for how long the client's event loop looks for work before its thread sleeps.
	 * To put a thread to sleep and to wake it up takes longer than a small call, so calls
	 * that come in quick succession get faster; meanwhile the thread may take a whole
	 * processor. When nothing comes, it looks at fewer and fewer of its waits. Where CPU
	 * is short or billed by use, it may be better to have less of that or none.
	 * <p>
	 * Without effect where the JVM has one processor, or where Netty's native library for
	 * epoll is not available.
	 * @param time zero for not at all, at most 1 ms; 50 us without
	 * @return this
	 * @throws IllegalArgumentException if the time is out of that range
	 */
	public BrpcClientBuilder busyWait(Duration time) {
		this.busyWait = new BusyWait(time);
		return this;
	}

	/**
	 * Limits the calls that the server makes.
	 * @param limits the limits
	 * @return this
	 */
	public BrpcClientBuilder callLimits(CallLimits limits) {
		this.callLimits = Objects.requireNonNull(limits, "limits");
		return this;
	}

	/**
	 * Sets when to connect again.
	 * @param reconnect the settings
	 * @return this
	 */
	public BrpcClientBuilder reconnect(ReconnectSettings reconnect) {
		this.reconnect = Objects.requireNonNull(reconnect, "reconnect");
		return this;
	}

	/**
	 * Adds a listener that is told of every connection from the first on.
	 * @param listener the listener
	 * @return this
	 */
	public BrpcClientBuilder addConnectionListener(ConnectionListener listener) {
		this.listeners.add(Objects.requireNonNull(listener, "listener"));
		return this;
	}

	/**
	 * Sets what runs handlers of the server's calls and connection listeners. Without
	 * one, the client has a pool of its own that grows with the need. With one, listeners
	 * of this client's calls run on gRPC's own pool, so that handlers that wait for
	 * answers can't take the threads that the answers need.
	 * @param executor the executor, which the client does not shut down; null for the
	 * default
	 * @return this
	 */
	public BrpcClientBuilder executor(@Nullable Executor executor) {
		this.executor = executor;
		return this;
	}

	/**
	 * Sets where the client lives, so that many clients of one process can share a
	 * thread. The client shuts the loops down when it has ended, like those that it would
	 * have made.
	 * @param loops of one thread, which wait as they were made to
	 * @return this
	 */
	BrpcClientBuilder eventLoops(EventLoopGroup loops) {
		this.loops = loops;
		return this;
	}

	/**
	 * Builds the client. To be called once.
	 * @return a client that is not started
	 * @throws IllegalArgumentException if the credentials are not TLS, or can't be read
	 * @throws IllegalStateException if the forward channel was told something that calls
	 * of a wire that is offered can't do
	 * @throws io.brpc.QuicUnavailableException if there is no QUIC on this platform
	 */
	public BrpcClient build() {
		DatagramTransport transport = DatagramTransport.best();
		QuicTls tls = QuicTls.forClient(this.credentials, Alpn.names(this.settings));
		EventLoopGroup loops = (this.loops != null) ? this.loops
				: transport.newEventLoopGroup("brpc-client-quic", this.busyWait);
		CallExecutor executor = CallExecutor.of(this.executor, "brpc-client");
		this.reverseStreams.limits(this.callLimits);
		Dialer dialer = new Dialer(new DialSettings(transport, tls, this.settings, this.reconnect.firstHold(),
				this.reconnect.maxBackoff()), this.reverseStreams, this.callLimits, executor);
		this.listeners.forEach(dialer::addListener);
		ChannelRecorder builder = forwardChannel(dialer, loops, executor);
		Server reverseServer = reverseServer(dialer, builder, loops, executor);
		ManagedChannel channel = builder.build();
		dialer.dialFor(channel);
		return new BrpcClient(channel, reverseServer, dialer, loops, executor, this.reconnect);
	}

	private ChannelRecorder forwardChannel(Dialer dialer, EventLoopGroup loops, CallExecutor executor) {
		ManagedChannelBuilder<?> builder = StreamCaller.dialing(this.target, loops, dialer);
		builder.executor(executor.answers()).offloadExecutor(executor.answers());
		if (this.serverName != null) {
			builder.overrideAuthority(this.serverName);
		}
		detour(builder, dialer);
		ChannelRecorder recorder = new ChannelRecorder(builder);
		dialer.identify(recorder);
		this.channelCustomizers.forEach((customizer) -> customizer.accept(recorder));
		return recorder;
	}

	// gRPC has no other way to give one channel a resolver of its own.
	@SuppressWarnings("deprecation")
	private void detour(ManagedChannelBuilder<?> builder, Dialer dialer) {
		builder.nameResolverFactory(new DetourResolverProvider(this.target, dialer));
	}

	private Server reverseServer(Dialer dialer, ChannelRecorder channel, EventLoopGroup loops, CallExecutor executor) {
		if (!this.settings.keepAliveInterval().isZero()) {
			this.reverseStreams.keepAlive(this.settings.keepAliveInterval(), this.settings.maxIdleTimeout());
		}
		this.reverseStreams.eventLoops(loops);
		dialer.identify(this.reverseServices, channel);
		Server server = this.reverseServices.executor(executor.executor()).build();
		try {
			return server.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("a server of streams binds nothing, so nothing can fail", ex);
		}
	}

}
