package io.brpc.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

import org.jspecify.annotations.Nullable;

/**
 * A client of a relay, and the socket that stands for it before the server. Confined to
 * the relay's thread.
 */
final class RelayFlow {

	private static final int SOCKET_BUFFER = 4 << 20;

	private final SocketAddress client;

	private @Nullable DatagramChannel back;

	RelayFlow(SocketAddress client) {
		this.client = client;
	}

	/**
	 * Opens a socket as a relay needs it.
	 * @return the socket, which is not bound
	 */
	static DatagramChannel open() throws IOException {
		DatagramChannel channel = DatagramChannel.open();
		channel.configureBlocking(false);
		channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
		channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
		return channel;
	}

	SocketAddress client() {
		return this.client;
	}

	/**
	 * Shows the client to the server from a new port.
	 * @param server the server's address
	 * @param selector told of what the server sends there, with this flow
	 */
	void rebind(InetSocketAddress server, Selector selector) throws IOException {
		close();
		DatagramChannel back = open();
		back.connect(server);
		back.register(selector, SelectionKey.OP_READ, this);
		this.back = back;
	}

	/**
	 * Reads what the server has sent.
	 * @param buffer where to
	 * @return whether there was a datagram
	 */
	boolean read(ByteBuffer buffer) throws IOException {
		DatagramChannel back = this.back;
		return back != null && back.read(buffer) > 0;
	}

	void write(ByteBuffer bytes) throws IOException {
		DatagramChannel back = this.back;
		if (back != null) {
			back.write(bytes);
		}
	}

	void close() throws IOException {
		DatagramChannel back = this.back;
		if (back != null) {
			back.close();
		}
	}

}
