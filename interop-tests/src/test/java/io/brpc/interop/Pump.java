package io.brpc.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tech.kwik.core.QuicStream;

/**
 * Carries bytes from a QUIC stream to a TCP connection, or back, until they end. Not
 * instantiable.
 */
final class Pump {

	private static final Logger logger = LoggerFactory.getLogger(Pump.class);

	private static final byte[] NOTHING = {};

	private static final int BUFFER_BYTES = 16 << 10;

	private Pump() {
	}

	/**
	 * Makes one of the two, on two threads that end with them.
	 * @param stream the stream
	 * @param socket the connection
	 */
	static void join(QuicStream stream, Socket socket) throws IOException {
		socket.setTcpNoDelay(true);
		start(stream.getInputStream(), socket.getOutputStream(), socket);
		start(socket.getInputStream(), stream.getOutputStream(), null);
	}

	/**
	 * Has to be called again and again for streams that are in use. kwik 0.10.8 counts
	 * its requests to send after it has made them, so that now and then it leaves bytes
	 * in a stream's buffer until the next write. A write of nothing is such a one.
	 * @param streams the streams
	 */
	static void nudge(QuicStream... streams) {
		for (QuicStream stream : streams) {
			try {
				stream.getOutputStream().write(NOTHING);
			}
			catch (IOException ex) {
				logger.trace("the stream has ended", ex);
			}
		}
	}

	private static void start(InputStream in, OutputStream out, @Nullable Socket closing) {
		Thread thread = new Thread(() -> {
			try (out) {
				carry(in, out);
			}
			catch (IOException ex) {
				logger.debug("pump ended", ex);
			}
			finally {
				close(closing);
			}
		}, "pump");
		thread.setDaemon(true);
		thread.start();
	}

	private static void carry(InputStream in, OutputStream out) throws IOException {
		byte[] buffer = new byte[BUFFER_BYTES];
		for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
			out.write(buffer, 0, count);
			out.flush();
		}
	}

	private static void close(@Nullable Socket socket) {
		try {
			if (socket != null) {
				socket.close();
			}
		}
		catch (IOException ex) {
			logger.debug("socket did not close", ex);
		}
	}

}
