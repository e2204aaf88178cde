package io.brpc.internal.connection;

import java.util.concurrent.TimeUnit;

import io.brpc.CloseCode;
import io.brpc.internal.h2.StreamChannel;
import io.brpc.internal.h2.StreamServer;
import io.brpc.internal.quic.StreamCredit;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of brpc/1: reads the ID, opens the forward stream, serves the reverse
 * stream. The reverse stream may come before the ID does and then waits, unread.
 * <p>
 * Event-loop confined.
 */
final class DialedHttp2Session extends Http2Session {

	/**
	 * A server opens one unidirectional and one bidirectional stream; there is credit for
	 * one more of each, see {@link AcceptedHttp2Session#STREAM_CREDIT}.
	 */
	static final StreamCredit STREAM_CREDIT = new StreamCredit(2, 2);

	/**
	 * How long a drain waits for the server to end the reverse stream when the forward
	 * stream has ended. Ours does so at once.
	 */
	private static final long REVERSE_END_MILLIS = 1000;

	private final Dial dial;

	private final QuicChannel quic;

	private final StreamChannel forwardChannel;

	private final StreamServer reverseStreams;

	private @Nullable QuicStreamChannel reverseStream;

	private boolean idOpened;

	DialedHttp2Session(Dial dial, QuicChannel quic, StreamChannel forwardChannel, StreamServer reverseStreams) {
		this.dial = dial;
		this.quic = quic;
		this.forwardChannel = forwardChannel;
		this.reverseStreams = reverseStreams;
	}

	@Override
	public void start() {
		// It is the server that begins.
	}

	@Override
	public void streamOpened(QuicStreamChannel stream) {
		if (stream.type() == QuicStreamType.UNIDIRECTIONAL) {
			idStreamOpened(stream);
		}
		else if (this.reverseStream != null) {
			this.dial.refuse(CloseCode.UNEXPECTED_STREAM, "a server opens exactly one bidirectional stream");
		}
		else {
			this.reverseStream = stream;
			if (isAttached()) {
				this.reverseStreams.accept(stream, reverse());
			}
		}
	}

	private void idStreamOpened(QuicStreamChannel stream) {
		if (this.idOpened) {
			this.dial.refuse(CloseCode.UNEXPECTED_STREAM, "a server opens exactly one unidirectional stream");
			return;
		}
		this.idOpened = true;
		stream.config().setOption(QuicChannelOption.READ_FRAMES, true);
		stream.pipeline()
			.addLast(new ConnectionIdReader(this.dial::identified,
					(words) -> this.dial.refuse(CloseCode.BAD_CONNECTION_ID, words)));
		stream.read();
	}

	@Override
	public void attach(Connection connection) {
		super.attach(connection);
		this.quic.createStream(QuicStreamType.BIDIRECTIONAL, new UnreadStream()).addListener(this::forwardOpened);
		QuicStreamChannel reverseStream = this.reverseStream;
		if (reverseStream != null) {
			this.reverseStreams.accept(reverseStream, reverse());
		}
	}

	private void forwardOpened(Future<? super QuicStreamChannel> opened) {
		if (!opened.isSuccess()) {
			connection().life().closeNow(CloseCode.PROTOCOL_ERROR, "no credit for the forward gRPC stream");
		}
		else if (this.forwardChannel.isOpen()) {
			this.forwardChannel.connected((QuicStreamChannel) opened.getNow(), forward());
		}
		else {
			connection().life().closeNow(CloseCode.NO_ERROR, "");
		}
	}

	@Override
	void peerSpoke(GrpcStream stream) {
		if (stream == forward()) {
			connection().life().becomeReady();
		}
	}

	@Override
	void afterEnd(GrpcStream stream) {
		if (stream == forward() && stream.isEnded() && this.dial.isDrainedHere()) {
			// The Go library's server never ends the reverse stream by itself.
			this.quic.eventLoop().schedule(() -> reverse().drain(), REVERSE_END_MILLIS, TimeUnit.MILLISECONDS);
		}
		if (stream == reverse() && !stream.isRemoteEnded() && !this.dial.isForwardDrained() && !forward().isEnded()) {
			// gRPC gave up on it, which here means that keep-alive had no answer.
			connection().life().closeNow(CloseCode.STREAM_LOST, "no sign of life on the reverse gRPC stream");
		}
		this.dial.partEnded();
	}

	@Override
	public boolean isPeerServing() {
		return forward().hasSpoken();
	}

}
