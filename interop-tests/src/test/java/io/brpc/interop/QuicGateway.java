package io.brpc.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tech.kwik.core.QuicStream;

/**
 * Lets a TCP client talk to the server's end of a forward gRPC stream: every TCP
 * connection gets a QUIC connection of its own.
 */
final class QuicGateway implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(QuicGateway.class);

	private static final long NUDGE_MILLIS = 10;

	private final Queue<KwikClient> clients = new ConcurrentLinkedQueue<>();

	private final ScheduledExecutorService nudge = Executors.newSingleThreadScheduledExecutor();

	private final ServerSocket listener;

	private final int port;

	/**
	 * Opens a gateway.
	 * @param port the brpc server's port on this machine
	 */
	QuicGateway(int port) throws IOException {
		this.port = port;
		this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		Thread thread = new Thread(this::accept, "quic-gateway");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Returns where TCP clients connect to, on the loopback address.
	 * @return the port
	 */
	int port() {
		return this.listener.getLocalPort();
	}

	private void accept() {
		while (!this.listener.isClosed()) {
			try {
				connect(this.listener.accept());
			}
			catch (IOException ex) {
				logger.debug("no TCP connection", ex);
			}
		}
	}

	private void connect(Socket socket) throws IOException {
		try {
			KwikClient client = KwikClient.connect(this.port);
			this.clients.add(client);
			QuicStream stream = client.connection().createStream(true);
			Pump.join(stream, socket);
			this.nudge.scheduleAtFixedRate(() -> Pump.nudge(stream), NUDGE_MILLIS, NUDGE_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		this.nudge.shutdownNow();
		this.clients.forEach(KwikClient::close);
	}

}
