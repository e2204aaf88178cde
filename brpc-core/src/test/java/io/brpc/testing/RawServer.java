package io.brpc.testing;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.brpc.Wire;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QLogConfiguration;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A QUIC server that does to each connection what a test tells it to, as no brpc server
 * would.
 */
public final class RawServer implements AutoCloseable {

	private static final long LIMIT_SECONDS = 10;

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final BlockingQueue<RawClose> closes = new LinkedBlockingQueue<>();

	private final Channel datagrams;

	/**
	 * Listens on a free port of the loopback address.
	 * @param certificates the server's
	 * @param script called on the event loop with every connection whose handshake is
	 * complete
	 * @param onStream called on the event loop with every stream that the client opens
	 */
	public RawServer(TestCertificates certificates, Consumer<QuicChannel> script, Consumer<QuicStreamChannel> onStream)
			throws Exception {
		this(certificates, Wire.BRPC_1, script, onStream);
	}

	/**
	 * Listens on a free port of the loopback address.
	 * @param certificates the server's
	 * @param wire what it offers
	 * @param script called on the event loop with every connection whose handshake is
	 * complete
	 * @param onStream called on the event loop with every stream that the client opens
	 */
	public RawServer(TestCertificates certificates, Wire wire, Consumer<QuicChannel> script,
			Consumer<QuicStreamChannel> onStream) throws Exception {
		this(certificates, wire, null, script, onStream);
	}

	/**
	 * Listens on a free port of the loopback address.
	 * @param certificates the server's
	 * @param wire what it offers
	 * @param qlog a directory for a log of what happens in QUIC (qlog), complete when the
	 * server is closed; null for none
	 * @param script called on the event loop with every connection whose handshake is
	 * complete
	 * @param onStream called on the event loop with every stream that the client opens
	 */
	public RawServer(TestCertificates certificates, Wire wire, @Nullable Path qlog, Consumer<QuicChannel> script,
			Consumer<QuicStreamChannel> onStream) throws Exception {
		this.datagrams = new Bootstrap().group(this.loops)
			.channel(NioDatagramChannel.class)
			.handler(
					new QuicServerCodecBuilder()
						.sslContext(QuicSslContextBuilder
							.forServer(certificates.server().getKeyPair().getPrivate(), null,
									certificates.server().getCertificatePath())
							.applicationProtocols(wire.protocol())
							.build())
						.tokenHandler(InsecureQuicTokenHandler.INSTANCE)
						.option(QuicChannelOption.QLOG,
								(qlog != null) ? new QLogConfiguration(qlog.toString(), "raw server", "") : null)
						.maxIdleTimeout(Duration.ofSeconds(30).toMillis(), TimeUnit.MILLISECONDS)
						.initialMaxData(1 << 20)
						.initialMaxStreamDataBidirectionalLocal(1 << 20)
						.initialMaxStreamDataBidirectionalRemote(1 << 20)
						.initialMaxStreamDataUnidirectional(1 << 20)
						.initialMaxStreamsBidirectional(10)
						.initialMaxStreamsUnidirectional((wire == Wire.BRPC_2) ? 10 : 0)
						.handler(new ChannelInitializer<QuicChannel>() {
							@Override
							protected void initChannel(QuicChannel channel) {
								CompletableFuture<RawClose> closed = new CompletableFuture<>();
								closed.thenAccept(RawServer.this.closes::add);
								channel.pipeline()
									.addLast(new RawClose.Handler(closed), new ChannelInboundHandlerAdapter() {
										@Override
										public void channelActive(ChannelHandlerContext ctx) {
											script.accept((QuicChannel) ctx.channel());
										}
									});
							}
						})
						.streamHandler(new ChannelInitializer<QuicStreamChannel>() {
							@Override
							protected void initChannel(QuicStreamChannel stream) {
								stream.pipeline().addLast(new ChannelInboundHandlerAdapter() {
									@Override
									public void channelRead(ChannelHandlerContext ctx, Object message) {
										ReferenceCountUtil.release(message);
									}
								});
								onStream.accept(stream);
							}
						})
						.build())
			.bind(InetAddress.getLoopbackAddress(), 0)
			.sync()
			.channel();
	}

	/**
	 * Returns where the server listens.
	 * @return the UDP port
	 */
	public int port() {
		return ((InetSocketAddress) this.datagrams.localAddress()).getPort();
	}

	/**
	 * Opens a stream to the client and writes to it.
	 * @param connection the connection
	 * @param type the stream's type
	 * @param bytes what to write
	 * @param fin whether the stream ends with that
	 */
	public static void send(QuicChannel connection, QuicStreamType type, byte[] bytes, boolean fin) {
		connection.createStream(type, new ChannelInboundHandlerAdapter() {
			@Override
			public void channelRead(ChannelHandlerContext ctx, Object message) {
				ReferenceCountUtil.release(message);
			}
		})
			.addListener((Future<QuicStreamChannel> stream) -> stream.getNow()
				.writeAndFlush(new DefaultQuicStreamFrame(Unpooled.copiedBuffer(bytes), fin)));
	}

	/**
	 * Waits for a client to close a connection.
	 * @return what it closed it with
	 */
	public RawClose awaitClose() throws InterruptedException {
		RawClose close = this.closes.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
		if (close == null) {
			throw new AssertionError("no client closed a connection within " + LIMIT_SECONDS + " s");
		}
		return close;
	}

	@Override
	public void close() throws Exception {
		this.datagrams.close().await(LIMIT_SECONDS, TimeUnit.SECONDS);
		this.loops.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS).sync();
	}

}
