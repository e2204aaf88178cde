package io.brpc.testing;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.brpc.Wire;
import io.brpc.internal.quic.DatagramTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;

/**
 * A QUIC client that does what a brpc client would never do. Its methods block, for at
 * most ten seconds.
 */
public final class RawClient implements AutoCloseable {

	private static final long LIMIT_SECONDS = 10;

	private final EventLoopGroup loops = DatagramTransport.NIO.newEventLoopGroup("raw-client");

	private final CompletableFuture<RawClose> closed = new CompletableFuture<>();

	private final CompletableFuture<QuicStreamChannel> reverse = new CompletableFuture<>();

	private final Queue<QuicStreamChannel> opened = new ConcurrentLinkedQueue<>();

	private final Channel datagrams;

	private final QuicChannel quic;

	/**
	 * Connects.
	 * @param server where to
	 * @param certificates whom to trust
	 */
	public RawClient(InetSocketAddress server, TestCertificates certificates) throws Exception {
		this(server, certificates, 1 << 20);
	}

	/**
	 * Connects by one wire.
	 * @param server where to
	 * @param certificates whom to trust
	 * @param wire what it offers
	 */
	public RawClient(InetSocketAddress server, TestCertificates certificates, Wire wire) throws Exception {
		this(server, certificates, wire, 1 << 20);
	}

	/**
	 * Connects.
	 * @param server where to
	 * @param certificates whom to trust
	 * @param reverseCredit how much the server may send on a stream that it opens, before
	 * anything is read, bytes
	 */
	public RawClient(InetSocketAddress server, TestCertificates certificates, int reverseCredit) throws Exception {
		this(server, certificates, Wire.BRPC_1, reverseCredit);
	}

	private RawClient(InetSocketAddress server, TestCertificates certificates, Wire wire, int reverseCredit)
			throws Exception {
		QuicSslContext tls = QuicSslContextBuilder.forClient()
			.trustManager(certificates.authority().getCertificate())
			.applicationProtocols(wire.protocol())
			.build();
		this.datagrams = new Bootstrap().group(this.loops)
			.channel(NioDatagramChannel.class)
			.handler(new QuicClientCodecBuilder()
				.sslEngineProvider((channel) -> tls.newEngine(channel.alloc(), "localhost", server.getPort()))
				.maxIdleTimeout(Duration.ofSeconds(30).toMillis(), TimeUnit.MILLISECONDS)
				.initialMaxData(1 << 20)
				.initialMaxStreamDataBidirectionalLocal(1 << 20)
				.initialMaxStreamDataBidirectionalRemote(reverseCredit)
				.initialMaxStreamDataUnidirectional(1 << 20)
				.initialMaxStreamsBidirectional(10)
				.initialMaxStreamsUnidirectional(10)
				.build())
			.bind(0)
			.sync()
			.channel();
		this.quic = QuicChannel.newBootstrap(this.datagrams)
			.remoteAddress(server)
			.handler(new RawClose.Handler(this.closed))
			.streamHandler(new Discard() {
				@Override
				public void channelActive(ChannelHandlerContext ctx) {
					QuicStreamChannel stream = (QuicStreamChannel) ctx.channel();
					RawClient.this.opened.add(stream);
					if (stream.type() == QuicStreamType.BIDIRECTIONAL) {
						RawClient.this.reverse.complete(stream);
					}
				}
			})
			.connect()
			.get(LIMIT_SECONDS, TimeUnit.SECONDS);
	}

	/**
	 * Opens a bidirectional stream and writes to it.
	 * @param bytes what to write; nothing is sent if empty
	 * @return the stream
	 */
	public QuicStreamChannel openStream(byte[] bytes) throws Exception {
		return openStream(QuicStreamType.BIDIRECTIONAL, bytes);
	}

	/**
	 * Opens a stream and writes to it.
	 * @param type its type
	 * @param bytes what to write; nothing is sent if empty
	 * @return the stream
	 */
	public QuicStreamChannel openStream(QuicStreamType type, byte[] bytes) throws Exception {
		QuicStreamChannel stream = this.quic.createStream(type, new Discard()).get(LIMIT_SECONDS, TimeUnit.SECONDS);
		this.opened.add(stream);
		if (bytes.length > 0) {
			stream.writeAndFlush(Unpooled.copiedBuffer(bytes)).sync();
		}
		return stream;
	}

	/**
	 * Opens a bidirectional stream, writes to it, and never reads what the server sends
	 * there, so that the server's credit runs out.
	 * @param bytes what to write
	 * @return the stream
	 */
	public QuicStreamChannel openUnreadStream(byte[] bytes) throws Exception {
		QuicStreamChannel stream = openStream(new byte[0]);
		stream.config().setAutoRead(false);
		stream.writeAndFlush(Unpooled.copiedBuffer(bytes)).sync();
		return stream;
	}

	/**
	 * Waits for the stream that the server opens for its own calls.
	 * @return the stream
	 */
	public QuicStreamChannel awaitReverseStream() throws Exception {
		return this.reverse.get(LIMIT_SECONDS, TimeUnit.SECONDS);
	}

	/**
	 * Reads nothing more of the streams that there are, so that the server's credit runs
	 * out.
	 */
	public void stopReading() {
		this.opened.forEach((stream) -> stream.config().setAutoRead(false));
	}

	/**
	 * Waits for the server to close the connection.
	 * @return what it closed it with
	 */
	public RawClose awaitClose() throws Exception {
		return this.closed.get(LIMIT_SECONDS, TimeUnit.SECONDS);
	}

	/**
	 * Tells whether the server has closed the connection.
	 * @return whether it has
	 */
	public boolean isClosed() {
		return this.closed.isDone();
	}

	/**
	 * Returns how much has arrived.
	 * @return packets, QUIC's count
	 */
	public long packetsReceived() throws Exception {
		return this.quic.collectStats().get(LIMIT_SECONDS, TimeUnit.SECONDS).recv();
	}

	@Override
	public void close() throws Exception {
		this.quic.close().await(LIMIT_SECONDS, TimeUnit.SECONDS);
		this.datagrams.close().await(LIMIT_SECONDS, TimeUnit.SECONDS);
		this.loops.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS).sync();
	}

	private static class Discard extends ChannelInboundHandlerAdapter {

		@Override
		public boolean isSharable() {
			return true;
		}

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			ReferenceCountUtil.release(message);
		}

	}

}
