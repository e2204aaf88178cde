package io.brpc.internal.h2;

import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;

import io.grpc.Status;
import io.brpc.internal.quic.ReadBatch;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * What grpc-netty takes for a socket: a channel whose bytes are those of one
 * bidirectional QUIC stream. A dialing channel gets its stream when gRPC connects it, an
 * accepted one has it from the start.
 * <p>
 * Outbound bytes wait in this channel's own outbound buffer, which has watermarks and
 * which HTTP/2's flow controller heeds, and go to the stream in as few writes as possible
 * and only while it takes them: the stream's own queue has no bound. Closing sends FIN
 * behind what was written, and goes on reading, and discarding, until the peer's FIN.
 * <p>
 * Event-loop confined, on the loop of the QUIC connection; the channel's state may be
 * read by any thread. Owns what is in its outbound buffer; hands inbound buffers on.
 */
public final class StreamChannel extends AbstractChannel {

	private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

	/**
	 * Finds the stream of a channel that gRPC connects.
	 */
	@FunctionalInterface
	public interface Connector {

		/**
		 * Starts to connect. Ends in one call of {@link StreamChannel#connected} or
		 * {@link StreamChannel#connectFailed}, unless the channel closes before.
		 * @param channel the channel
		 * @param remote the address that gRPC chose
		 */
		void connect(StreamChannel channel, SocketAddress remote);

	}

	private enum State {

		NEW, ACTIVE, CLOSED

	}

	private final ChannelConfig config = new DefaultChannelConfig(this);

	private final @Nullable Connector connector;

	private final PeerGreeting greeting;

	private final CallCount calls = new CallCount();

	private volatile State state = State.NEW;

	private volatile @Nullable Carrier carrier;

	private @Nullable ChannelPromise connectPromise;

	private boolean connectionEnded;

	private StreamChannel(@Nullable Channel parent, @Nullable Connector connector, PeerGreeting greeting) {
		super(parent);
		this.connector = connector;
		this.greeting = greeting;
	}

	/**
	 * Returns a channel for the calling end of a stream.
	 * @param connector how it gets its stream
	 * @return a channel that gRPC has yet to register and connect
	 */
	static StreamChannel calling(Connector connector) {
		return new StreamChannel(null, connector, PeerGreeting.settings());
	}

	/**
	 * Returns a channel for the serving end of a stream.
	 * @param parent the server's channel
	 * @param stream the stream
	 * @param owner its connection
	 * @return a channel that is active once registered
	 */
	static StreamChannel serving(Channel parent, QuicStreamChannel stream, StreamOwner owner) {
		StreamChannel channel = new StreamChannel(parent, null, PeerGreeting.preface());
		channel.attach(stream, owner);
		return channel;
	}

	/**
	 * Completes a connect. Does nothing if the channel was closed meanwhile.
	 * @param stream the stream
	 * @param owner its connection
	 */
	public void connected(QuicStreamChannel stream, StreamOwner owner) {
		assert eventLoop().inEventLoop();
		if (this.state == State.NEW) {
			attach(stream, owner);
			becomeActive();
		}
	}

	/**
	 * Completes a connect without a stream. Does nothing if the channel was closed
	 * meanwhile.
	 * @param standIn what answers gRPC
	 */
	public void connected(StandIn standIn) {
		assert eventLoop().inEventLoop();
		if (this.state == State.NEW) {
			standIn.attach(this);
			this.carrier = standIn;
			this.state = State.ACTIVE;
			becomeActive();
		}
	}

	private void becomeActive() {
		ChannelPromise promise = this.connectPromise;
		this.connectPromise = null;
		boolean wanted = promise != null && promise.trySuccess();
		if (wanted) {
			pipeline().fireChannelActive();
		}
		else {
			unsafe().close(voidPromise());
		}
	}

	/**
	 * Fails a connect and closes the channel.
	 * @param status what gRPC is to tell the calls that wait
	 */
	public void connectFailed(Status status) {
		assert eventLoop().inEventLoop();
		failConnect(status.asRuntimeException());
		if (isOpen()) {
			unsafe().close(voidPromise());
		}
	}

	/**
	 * Takes no new calls, tells the peer so if this is the serving end, and ends the
	 * stream when those in flight have ended.
	 */
	public void drain() {
		assert eventLoop().inEventLoop();
		// gRPC's HTTP/2 handler makes a graceful close of it, and waits without end.
		close();
	}

	/**
	 * Ends the calls on this channel and closes it, because the whole connection ends. No
	 * FIN is sent: it would get there before the reason for the connection's end, and the
	 * peer's calls would end for want of a stream.
	 * @param status what the calls of the calling end end with; at the serving end they
	 * are cancelled
	 */
	public void fail(Status status) {
		this.connectionEnded = true;
		end(status);
	}

	/**
	 * Ends the calls on this channel and closes it. Does nothing if it is closed.
	 * @param status see {@link #fail}
	 */
	void end(Status status) {
		assert eventLoop().inEventLoop();
		if (!isOpen()) {
			return;
		}
		if (!isServing()) {
			// Without it a caller's calls would end in "Network closed for unknown
			// reason".
			pipeline().fireExceptionCaught(status.asRuntimeException());
		}
		unsafe().close(voidPromise());
	}

	/**
	 * Closes this channel, whose calls have gone elsewhere.
	 */
	void endQuietly() {
		if (isOpen()) {
			unsafe().close(voidPromise());
		}
	}

	/**
	 * Takes bytes that came from no stream.
	 * @param bytes what gRPC is to read
	 */
	void receive(ByteBuf bytes) {
		if (isOpen()) {
			pipeline().fireChannelRead(bytes);
			pipeline().fireChannelReadComplete();
		}
		else {
			bytes.release();
		}
	}

	private void attach(QuicStreamChannel stream, StreamOwner owner) {
		this.state = State.ACTIVE;
		stream.config().setAllowHalfClosure(true);
		this.carrier = new StreamOutput(this, stream, owner);
		ReadBatch batch = ReadBatch.of(stream.parent());
		if (batch != null) {
			stream.pipeline().addLast(new HalvedReads(batch));
		}
		stream.pipeline().addLast(new StreamInput(this, stream, owner, this.greeting));
		owner.attached(this);
	}

	/**
	 * The peer speaks HTTP/2; gRPC has not seen any of it yet.
	 * @param owner the connection
	 */
	void greeted(StreamOwner owner) {
		ChannelHandlerContext context = pipeline().context(Http2ConnectionHandler.class);
		if (context == null) {
			return;
		}
		Http2ConnectionHandler http2 = (Http2ConnectionHandler) context.handler();
		http2.connection().addListener(this.calls);
		GoAwayListener.listenTo(http2.decoder(), owner);
		pipeline().addLast(new SendQueueHandler(owner.sendQueue()));
		if (isServing()) {
			http2.connection().addListener(new UnreadRequests(http2, context));
		}
	}

	/**
	 * Tells which role gRPC has on this channel.
	 * @return whether it serves here, rather than calls
	 */
	public boolean isServing() {
		return this.connector == null;
	}

	/**
	 * Returns how many calls are in flight. May be asked by any thread.
	 * @return the number
	 */
	public int callCount() {
		return this.calls.count();
	}

	private void failConnect(Throwable cause) {
		ChannelPromise promise = this.connectPromise;
		this.connectPromise = null;
		if (promise != null) {
			promise.tryFailure(cause);
		}
	}

	@Override
	protected void doBeginRead() {
		Carrier carrier = this.carrier;
		if (carrier != null) {
			carrier.read();
		}
	}

	@Override
	protected void doWrite(ChannelOutboundBuffer buffer) throws Exception {
		Carrier carrier = this.carrier;
		if (carrier != null) {
			carrier.write(buffer);
		}
	}

	/**
	 * Goes on writing, because the stream takes more.
	 */
	void flushPending() {
		if (isOpen() && isRegistered()) {
			((StreamUnsafe) unsafe()).flushPending();
		}
	}

	@Override
	protected void doClose() {
		this.state = State.CLOSED;
		failConnect(new ClosedChannelException());
		Carrier carrier = this.carrier;
		if (carrier != null) {
			carrier.closed(this.connectionEnded);
		}
	}

	@Override
	protected AbstractUnsafe newUnsafe() {
		return new StreamUnsafe();
	}

	@Override
	protected boolean isCompatible(EventLoop loop) {
		return true;
	}

	@Override
	protected @Nullable SocketAddress localAddress0() {
		Carrier carrier = this.carrier;
		return (carrier != null) ? carrier.localAddress() : null;
	}

	@Override
	protected @Nullable SocketAddress remoteAddress0() {
		Carrier carrier = this.carrier;
		return (carrier != null) ? carrier.remoteAddress() : null;
	}

	@Override
	protected void doBind(SocketAddress localAddress) {
		throw new IllegalStateException("a stream has no address to bind");
	}

	@Override
	protected void doDisconnect() {
		doClose();
	}

	@Override
	public ChannelConfig config() {
		return this.config;
	}

	@Override
	public boolean isOpen() {
		return this.state != State.CLOSED;
	}

	@Override
	public boolean isActive() {
		return this.state == State.ACTIVE;
	}

	@Override
	public ChannelMetadata metadata() {
		return METADATA;
	}

	/**
	 * Returns the loop that the channel's stream lives on, before the channel is
	 * registered.
	 * @return the loop
	 */
	EventLoop streamLoop() {
		Carrier carrier = this.carrier;
		if (carrier == null) {
			throw new IllegalStateException("no stream yet");
		}
		return carrier.loop();
	}

	/**
	 * Connects by way of the connector, and lets the channel flush.
	 */
	private final class StreamUnsafe extends AbstractUnsafe {

		@Override
		public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
			if (!promise.setUncancellable() || !ensureOpen(promise)) {
				return;
			}
			Connector connector = StreamChannel.this.connector;
			if (connector == null) {
				throw new IllegalStateException("an accepted stream is connected");
			}
			StreamChannel.this.connectPromise = promise;
			connector.connect(StreamChannel.this, remote);
		}

		void flushPending() {
			flush0();
		}

	}

}
