package io.brpc.interop;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.brpc.ConnectionId;
import io.brpc.testing.TestCertificates;
import tech.kwik.core.ConnectionTerminatedEvent;
import tech.kwik.core.QuicStream;
import tech.kwik.core.impl.QuicClientConnectionImpl;
import tech.kwik.core.impl.QuicClientConnectionImpl.ExtendedBuilder;
import tech.kwik.core.impl.TransportParameters;
import tech.kwik.core.log.NullLogger;
import org.jspecify.annotations.Nullable;

/**
 * A client made of kwik, a QUIC stack in pure Java that shares no code with ours. Its
 * methods block, for at most ten seconds.
 * <p>
 * Not safe for use by several threads.
 */
final class KwikClient implements AutoCloseable {

	static final int LIMIT_SECONDS = 10;

	private final BlockingQueue<QuicStream> unidirectional = new LinkedBlockingQueue<>();

	private final BlockingQueue<QuicStream> bidirectional = new LinkedBlockingQueue<>();

	private final CompletableFuture<ConnectionTerminatedEvent> terminated = new CompletableFuture<>();

	private final QuicClientConnectionImpl connection;

	private KwikClient(QuicClientConnectionImpl connection) throws IOException {
		this.connection = connection;
		connection.setConnectionListener(this.terminated::complete);
		connection.setPeerInitiatedStreamCallback(
				(stream) -> (stream.isUnidirectional() ? this.unidirectional : this.bidirectional).add(stream));
		connection.connect();
	}

	/**
	 * Connects as a brpc client does.
	 * @param port the server's port on this machine
	 * @return the client
	 */
	static KwikClient connect(int port) throws IOException {
		return connect(port, (builder) -> {
		});
	}

	/**
	 * Connects in a way of one's own.
	 * @param port the server's port on this machine
	 * @param customizer changes what a brpc client has
	 * @return the client
	 */
	static KwikClient connect(int port, Consumer<ExtendedBuilder> customizer) throws IOException {
		ExtendedBuilder builder = builder(port);
		customizer.accept(builder);
		return new KwikClient(builder.build());
	}

	private static ExtendedBuilder builder(int port) {
		ExtendedBuilder builder = QuicClientConnectionImpl.newExtendedBuilder();
		builder.uri(URI.create("https://localhost:" + port));
		builder.preferIPv4();
		builder.applicationProtocol("brpc/1");
		builder.customTrustStore(trustStore());
		builder.connectTimeout(Duration.ofSeconds(LIMIT_SECONDS));
		builder.maxOpenPeerInitiatedBidirectionalStreams(2);
		builder.maxOpenPeerInitiatedUnidirectionalStreams(2);
		return builder;
	}

	/**
	 * Connects with transport parameters that kwik would not send, within a second.
	 * @param port the server's port on this machine
	 * @param change changes what kwik is about to send
	 * @return the client
	 */
	static KwikClient connectWith(int port, Consumer<TransportParameters> change) throws IOException {
		ParameterChange log = new ParameterChange(change);
		return new KwikClient(log.watch(build(builder(port), log)));
	}

	private static QuicClientConnectionImpl build(ExtendedBuilder builder, ParameterChange log) throws IOException {
		builder.logger(log);
		builder.connectTimeout(Duration.ofSeconds(1));
		return builder.build();
	}

	private static KeyStore trustStore() {
		try {
			KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
			store.load(null, null);
			store.setCertificateEntry("authority", TestCertificates.shared().authority().getCertificate());
			return store;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	QuicClientConnectionImpl connection() {
		return this.connection;
	}

	/**
	 * Reads the connection ID from the server's unidirectional stream, which has to have
	 * nothing else.
	 * @return the ID
	 */
	ConnectionId readId() throws Exception {
		byte[] bytes = next(this.unidirectional).getInputStream().readAllBytes();
		if (bytes.length != ConnectionId.LENGTH) {
			throw new IllegalStateException("the connection ID has " + bytes.length + " bytes");
		}
		return ConnectionId.of(ByteBuffer.wrap(bytes));
	}

	/**
	 * Waits for the stream that the server opens for its calls.
	 * @return the stream
	 */
	QuicStream reverse() throws InterruptedException {
		return next(this.bidirectional);
	}

	private static QuicStream next(BlockingQueue<QuicStream> streams) throws InterruptedException {
		QuicStream stream = streams.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
		if (stream == null) {
			throw new IllegalStateException("the server opened no stream");
		}
		return stream;
	}

	/**
	 * Opens a stream and sends on it what an HTTP/2 client begins with.
	 * @return the stream
	 */
	QuicStream openForward() throws IOException {
		QuicStream stream = this.connection.createStream(true);
		OutputStream out = stream.getOutputStream();
		out.write(Http2Bytes.PREFACE);
		out.write(Http2Bytes.EMPTY_SETTINGS);
		out.flush();
		return stream;
	}

	/**
	 * Waits for the end of the connection.
	 * @return how it ended
	 */
	ConnectionTerminatedEvent terminated() throws Exception {
		return this.terminated.get(LIMIT_SECONDS, TimeUnit.SECONDS);
	}

	@Override
	public void close() {
		this.connection.close();
	}

	/**
	 * Changes the transport parameters when kwik, which has just made them up and is
	 * about to send them, logs that. Called by the thread that connects.
	 */
	private static final class ParameterChange extends NullLogger {

		private final Consumer<TransportParameters> change;

		private @Nullable QuicClientConnectionImpl connection;

		ParameterChange(Consumer<TransportParameters> change) {
			this.change = change;
		}

		QuicClientConnectionImpl watch(QuicClientConnectionImpl connection) {
			this.connection = connection;
			return connection;
		}

		@Override
		public void info(String message) {
			QuicClientConnectionImpl connection = this.connection;
			TransportParameters parameters = (connection != null) ? connection.getTransportParameters() : null;
			if (parameters != null) {
				this.change.accept(parameters);
			}
		}

	}

}
