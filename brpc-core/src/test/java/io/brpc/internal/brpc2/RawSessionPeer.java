package io.brpc.internal.brpc2;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.brpc.CloseReason;
import io.brpc.internal.brpc2.frame.Settings;
import io.brpc.internal.quic.ConnectionEvents;
import io.brpc.internal.quic.DatagramTransport;
import io.brpc.internal.quic.QuicDialer;
import io.brpc.internal.quic.QuicTls;
import io.brpc.testing.TestCertificates;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;

/**
 * A client that knows QUIC and writes what it likes to a server that speaks brpc/2. Safe
 * for use by any thread.
 */
final class RawSessionPeer implements ConnectionEvents, AutoCloseable {

	static final Settings SETTINGS = new Settings(null, 100, 4, 16384, 1 << 20, 8192, 256, 65536, List.of());

	private static final long LIMIT_SECONDS = 30;

	private final EventLoopGroup serverLoops = DatagramTransport.best().newEventLoopGroup("brpc-server-raw");

	private final EventLoopGroup clientLoops = DatagramTransport.best().newEventLoopGroup("brpc-client-raw");

	private final CompletableFuture<QuicChannel> quic = new CompletableFuture<>();

	private final CompletableFuture<CloseReason> closed = new CompletableFuture<>();

	private final BlockingQueue<QuicStreamChannel> lanes = new LinkedBlockingQueue<>();

	private final SessionPeer server;

	private final Channel listener;

	RawSessionPeer(SessionPeer server) {
		this.server = server;
		this.listener = SessionPair.listen(this.serverLoops, server, SessionPair.TRANSPORT);
		int port = ((InetSocketAddress) this.listener.localAddress()).getPort();
		QuicTls tls = QuicTls.forClient(TestCertificates.shared().clientCredentials(), List.of("brpc/2"));
		this.clientLoops.next()
			.execute(() -> QuicDialer.dial(DatagramTransport.best(), this.clientLoops.next(),
					new InetSocketAddress("127.0.0.1", port), "localhost", SessionPair.TRANSPORT,
					server.settings().streamCredit(), tls, this));
	}

	/**
	 * Opens a stream and writes to it.
	 * @param type its type
	 * @param bytes what to write
	 * @return the stream
	 */
	QuicStreamChannel open(QuicStreamType type, ByteBuf bytes) throws Exception {
		QuicStreamChannel stream = this.quic.get(LIMIT_SECONDS, TimeUnit.SECONDS)
			.createStream(type, new Discard())
			.get(LIMIT_SECONDS, TimeUnit.SECONDS);
		stream.writeAndFlush(bytes);
		return stream;
	}

	/**
	 * Opens a control stream, and says what a client has to say.
	 * @return the stream
	 */
	QuicStreamChannel openControl() throws Exception {
		ByteBuf bytes = Unpooled.buffer().writeByte(StreamKind.CONTROL);
		SETTINGS.write(bytes);
		QuicStreamChannel control = open(QuicStreamType.UNIDIRECTIONAL, bytes);
		this.server.awaitReady();
		return control;
	}

	/**
	 * Waits for a bidirectional stream that the server opens.
	 * @return the stream
	 */
	QuicStreamChannel awaitStream() throws Exception {
		return this.lanes.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
	}

	CloseReason awaitClosed() throws Exception {
		return this.closed.get(LIMIT_SECONDS, TimeUnit.SECONDS);
	}

	@Override
	public void established(QuicChannel channel) {
		this.quic.complete(channel);
	}

	@Override
	public void streamOpened(QuicStreamChannel stream) {
		stream.pipeline().addLast(new Discard());
		stream.config().setAutoRead(true);
		if (stream.type() == QuicStreamType.BIDIRECTIONAL) {
			this.lanes.add(stream);
		}
	}

	@Override
	public void closed(CloseReason reason) {
		this.closed.complete(reason);
	}

	@Override
	public void close() throws Exception {
		this.quic.get(LIMIT_SECONDS, TimeUnit.SECONDS).close().await(LIMIT_SECONDS, TimeUnit.SECONDS);
		awaitClosed();
		this.server.awaitClosed();
		this.listener.close().await(LIMIT_SECONDS, TimeUnit.SECONDS);
		this.clientLoops.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS).sync();
		this.serverLoops.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS).sync();
	}

	private static final class Discard extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object message) {
			ReferenceCountUtil.release(message);
		}

	}

}
