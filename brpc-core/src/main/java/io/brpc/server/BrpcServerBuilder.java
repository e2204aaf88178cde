package io.brpc.server;

import java.io.File;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;

import io.brpc.AdmissionLimits;
import io.brpc.CallLimits;
import io.brpc.CallbackLimits;
import io.brpc.ConnectionAuthenticator;
import io.brpc.ConnectionListener;
import io.brpc.DuplicatePrincipal;
import io.brpc.TransportSettings;
import io.brpc.internal.connection.Acceptor;
import io.brpc.internal.connection.AdmissionSettings;
import io.brpc.internal.connection.CallExecutor;
import io.brpc.internal.connection.CallbackSettings;
import io.brpc.internal.connection.ServiceRecorder;
import io.brpc.internal.h2.StreamServer;
import io.brpc.internal.quic.Alpn;
import io.brpc.internal.quic.BusyWait;
import io.brpc.internal.quic.QuicTls;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingServerBuilder;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link BrpcServer}. It takes all that any gRPC server builder takes; limits on
 * inbound messages and metadata also hold for the answers to callbacks.
 * <p>
 * Not safe for use by several threads.
 */
public final class BrpcServerBuilder extends ForwardingServerBuilder<BrpcServerBuilder> {

	private static final int DEFAULT_MAX_MESSAGE_SIZE = 4 << 20;

	private static final int DEFAULT_MAX_METADATA_SIZE = 8 << 10;

	private final StreamServer streams = new StreamServer();

	private final ServiceRecorder services = new ServiceRecorder(this.streams.builder());

	private final InetSocketAddress address;

	private final ServerCredentials credentials;

	private final List<ClientInterceptor> callbackInterceptors = new ArrayList<>();

	private final List<ConnectionListener> listeners = new ArrayList<>();

	private TransportSettings settings = TransportSettings.defaults();

	private BusyWait busyWait = BusyWait.defaults();

	private AdmissionLimits admissionLimits = AdmissionLimits.defaults();

	private @Nullable ConnectionAuthenticator authenticator;

	private DuplicatePrincipal duplicates = DuplicatePrincipal.ALLOW;

	private CallLimits callLimits = CallLimits.defaults();

	private CallbackLimits callbackLimits = CallbackLimits.defaults();

	private @Nullable Executor executor;

	private int maxInboundMessageSize = DEFAULT_MAX_MESSAGE_SIZE;

	private int maxInboundMetadataSize = DEFAULT_MAX_METADATA_SIZE;

	private BrpcServerBuilder(InetSocketAddress address, ServerCredentials credentials) {
		this.address = Objects.requireNonNull(address, "address");
		this.credentials = Objects.requireNonNull(credentials, "credentials");
	}

	/**
	 * Listens on a UDP port of all addresses.
	 * @param port the port; zero for any that is free
	 * @param credentials {@link io.grpc.TlsServerCredentials}, because QUIC has no
	 * plaintext
	 * @return the builder
	 */
	public static BrpcServerBuilder forPort(int port, ServerCredentials credentials) {
		return new BrpcServerBuilder(new InetSocketAddress(port), credentials);
	}

	/**
	 * Listens on a UDP address.
	 * @param address the address and port; port zero for any that is free
	 * @param credentials {@link io.grpc.TlsServerCredentials}, because QUIC has no
	 * plaintext
	 * @return the builder
	 */
	public static BrpcServerBuilder forAddress(InetSocketAddress address, ServerCredentials credentials) {
		return new BrpcServerBuilder(address, credentials);
	}

	/**
	 * Sets how connections behave.
	 * @param settings the settings
	 * @return this
	 */
	public BrpcServerBuilder transportSettings(TransportSettings settings) {
		this.settings = Objects.requireNonNull(settings, "settings");
		return this;
	}

	/**
	 * Sets for how long the server's event loop looks for work before its thread sleeps.
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
	public BrpcServerBuilder busyWait(Duration time) {
		this.busyWait = new BusyWait(time);
		return this;
	}

	/**
	 * Limits how many connections the server takes.
	 * @param limits the limits
	 * @return this
	 */
	public BrpcServerBuilder admissionLimits(AdmissionLimits limits) {
		this.admissionLimits = Objects.requireNonNull(limits, "limits");
		return this;
	}

	/**
	 * Sets what says who a client is, or refuses it. Without, a client is who its
	 * certificate says, and nobody is refused whom TLS accepts.
	 * @param authenticator asked once per connection; see there for its threads
	 * @return this
	 */
	public BrpcServerBuilder authenticator(ConnectionAuthenticator authenticator) {
		this.authenticator = Objects.requireNonNull(authenticator, "authenticator");
		return this;
	}

	/**
	 * Sets what to do when a client connects that is connected already. Both connections
	 * stay by default.
	 * @param duplicates what to do
	 * @return this
	 */
	public BrpcServerBuilder duplicatePrincipal(DuplicatePrincipal duplicates) {
		this.duplicates = Objects.requireNonNull(duplicates, "duplicates");
		return this;
	}

	/**
	 * Limits the calls that each client makes.
	 * @param limits the limits
	 * @return this
	 */
	public BrpcServerBuilder callLimits(CallLimits limits) {
		this.callLimits = Objects.requireNonNull(limits, "limits");
		return this;
	}

	/**
	 * Limits the calls that this server makes to each client.
	 * @param limits the limits
	 * @return this
	 */
	public BrpcServerBuilder callbackLimits(CallbackLimits limits) {
		this.callbackLimits = Objects.requireNonNull(limits, "limits");
		return this;
	}

	/**
	 * Adds interceptors to the calls that this server makes to its clients.
	 * @param interceptors the interceptors, the outermost first
	 * @return this
	 */
	public BrpcServerBuilder interceptCallbacks(ClientInterceptor... interceptors) {
		this.callbackInterceptors.addAll(List.of(interceptors));
		return this;
	}

	/**
	 * Adds a listener that is told of every connection from the first on.
	 * @param listener the listener
	 * @return this
	 */
	public BrpcServerBuilder addConnectionListener(ConnectionListener listener) {
		this.listeners.add(Objects.requireNonNull(listener, "listener"));
		return this;
	}

	/**
	 * Sets what runs handlers and connection listeners. Without one, the server has a
	 * pool of its own that grows with the need, so that handlers that wait for callbacks
	 * can't take the threads that the callbacks need. With one, callbacks' listeners run
	 * on gRPC's own pool, for the same reason.
	 * @param executor the executor, which the server does not shut down; null for the
	 * default
	 * @return this
	 */
	@Override
	public BrpcServerBuilder executor(@Nullable Executor executor) {
		this.executor = executor;
		return this;
	}

	/**
	 * Runs handlers and listeners on the event loop. They must not block: a blocking
	 * callback from such a handler waits for itself.
	 * @return this
	 */
	@Override
	public BrpcServerBuilder directExecutor() {
		return executor(CallExecutor.DIRECT);
	}

	@Override
	public BrpcServerBuilder maxInboundMessageSize(int bytes) {
		super.maxInboundMessageSize(bytes);
		this.maxInboundMessageSize = bytes;
		return this;
	}

	@Override
	public BrpcServerBuilder maxInboundMetadataSize(int bytes) {
		super.maxInboundMetadataSize(bytes);
		this.maxInboundMetadataSize = bytes;
		return this;
	}

	/**
	 * Not supported: the credentials say it.
	 */
	@Override
	public BrpcServerBuilder useTransportSecurity(File certChain, File privateKey) {
		throw new UnsupportedOperationException("pass TlsServerCredentials to forPort or forAddress");
	}

	/**
	 * Not supported: the credentials say it.
	 */
	@Override
	public BrpcServerBuilder useTransportSecurity(InputStream certChain, InputStream privateKey) {
		throw new UnsupportedOperationException("pass TlsServerCredentials to forPort or forAddress");
	}

	/**
	 * Builds the server. To be called once.
	 * @return a server that is not started
	 * @throws IllegalArgumentException if the credentials are not TLS, or can't be read
	 * @throws io.brpc.QuicUnavailableException if there is no QUIC on this platform
	 */
	@Override
	public BrpcServer build() {
		QuicTls tls = QuicTls.forServer(this.credentials, Alpn.names(this.settings));
		CallExecutor handlers = CallExecutor.of(this.executor, "brpc-server");
		CallbackSettings callbacks = new CallbackSettings(handlers.executor(), handlers.answers(),
				this.callbackInterceptors, this.maxInboundMessageSize, this.maxInboundMetadataSize,
				this.callbackLimits);
		this.streams.limits(this.callLimits);
		Acceptor acceptor = new Acceptor(this.settings, this.streams, callbacks,
				new AdmissionSettings(this.admissionLimits, this.authenticator, this.duplicates), this.callLimits);
		ListeningServer server = new ListeningServer(
				new ListenSettings(this.address, this.settings, tls, this.busyWait), this.streams, this.services,
				acceptor, handlers);
		this.listeners.forEach(server.connections()::addListener);
		return server;
	}

	@Override
	protected ServerBuilder<?> delegate() {
		return this.services;
	}

}
