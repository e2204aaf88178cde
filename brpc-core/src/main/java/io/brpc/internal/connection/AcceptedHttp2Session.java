package io.brpc.internal.connection;

import io.brpc.CloseCode;
import io.brpc.ConnectionId;
import io.brpc.internal.h2.StreamCaller;
import io.brpc.internal.h2.StreamServer;
import io.brpc.internal.quic.StreamCredit;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of brpc/1: sends the ID, opens the reverse stream, and waits for the
 * client's forward stream.
 * <p>
 * Event-loop confined.
 */
final class AcceptedHttp2Session extends Http2Session {

	/**
	 * A client opens one bidirectional stream. There is credit for one more, so that a
	 * client that tries is told what it did wrong, in our words rather than QUIC's.
	 */
	static final StreamCredit STREAM_CREDIT = new StreamCredit(2, 0);

	private final QuicChannel quic;

	private final StreamServer forwardStreams;

	private final CallbackChannel callbacks;

	private final CallbackSettings callbackSettings;

	private @Nullable ManagedChannel reverseChannel;

	/**
	 * A client that does not wait for its ID is not served before it is let in.
	 */
	private @Nullable QuicStreamChannel earlyForward;

	private boolean started;

	private boolean forwardOpened;

	private boolean forwardSpoken;

	AcceptedHttp2Session(QuicChannel quic, StreamServer forwardStreams, CallbackChannel callbacks,
			CallbackSettings callbackSettings) {
		this.quic = quic;
		this.forwardStreams = forwardStreams;
		this.callbacks = callbacks;
		this.callbackSettings = callbackSettings;
	}

	@Override
	public void start() {
		this.started = true;
		this.quic.createStream(QuicStreamType.UNIDIRECTIONAL, new ChannelInboundHandlerAdapter())
			.addListener(this::sendId);
		this.quic.createStream(QuicStreamType.BIDIRECTIONAL, new UnreadStream()).addListener(this::reverseOpened);
		QuicStreamChannel forward = this.earlyForward;
		if (forward != null) {
			this.forwardStreams.accept(forward, forward());
		}
	}

	private void sendId(Future<? super QuicStreamChannel> opened) {
		if (!opened.isSuccess()) {
			connection().life().closeNow(CloseCode.PROTOCOL_ERROR, "no credit for the connection ID's stream");
			return;
		}
		QuicStreamChannel stream = (QuicStreamChannel) opened.getNow();
		// One frame with FIN: the Go client takes what its first read returns for the
		// whole ID.
		ByteBuf id = stream.alloc().directBuffer(ConnectionId.LENGTH).writeBytes(connection().id().toBytes());
		stream.writeAndFlush(new DefaultQuicStreamFrame(id, true));
	}

	private void reverseOpened(Future<? super QuicStreamChannel> opened) {
		if (connection().life().state() == ConnectionState.CLOSED) {
			return;
		}
		if (!opened.isSuccess()) {
			connection().life().closeNow(CloseCode.PROTOCOL_ERROR, "no credit for the reverse gRPC stream");
			return;
		}
		ManagedChannelBuilder<?> builder = StreamCaller.on((QuicStreamChannel) opened.getNow(), reverse());
		this.callbackSettings.applyTo(builder);
		ManagedChannel channel = builder.build();
		this.reverseChannel = channel;
		this.callbacks.open(channel, connection());
		// Sends the first bytes, by which the client sees the stream.
		channel.getState(true);
		becomeReadyIfComplete();
	}

	@Override
	public void streamOpened(QuicStreamChannel stream) {
		if (this.forwardOpened || stream.type() != QuicStreamType.BIDIRECTIONAL) {
			connection().life()
				.closeNow(CloseCode.UNEXPECTED_STREAM, "a client opens exactly one bidirectional stream");
			return;
		}
		this.forwardOpened = true;
		if (this.started) {
			this.forwardStreams.accept(stream, forward());
		}
		else {
			this.earlyForward = stream;
		}
	}

	@Override
	void peerSpoke(GrpcStream stream) {
		if (stream == forward()) {
			this.forwardSpoken = true;
			becomeReadyIfComplete();
		}
	}

	private void becomeReadyIfComplete() {
		if (this.forwardSpoken && this.reverseChannel != null) {
			connection().life().becomeReady();
		}
	}

	@Override
	void afterEnd(GrpcStream stream) {
		if (forward().isLocalEnded()) {
			// All handlers are done, so nobody calls back from one of them any more.
			drainReverse();
		}
		else if (reverse().isRemoteEnded()) {
			connection().life().closeNow(CloseCode.STREAM_LOST, "the client ended the reverse gRPC stream");
		}
	}

	private void drainReverse() {
		if (this.reverseChannel != null) {
			this.reverseChannel.shutdown();
		}
	}

	@Override
	public boolean isPeerServing() {
		return reverse().hasSpoken();
	}

	@Override
	public void fail(Status status) {
		super.fail(status);
		if (this.reverseChannel != null) {
			// The streams have ended, so calls on it end with their status.
			this.reverseChannel.shutdownNow();
		}
	}

}
