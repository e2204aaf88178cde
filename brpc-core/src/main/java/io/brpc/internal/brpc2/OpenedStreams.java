package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;

/**
 * The streams that the peer opens. Before this end has begun, nothing of them is read,
 * for it may not know yet whom it talks to; before the peer's SETTINGS have arrived, only
 * its control stream is.
 * <p>
 * Event-loop confined.
 */
final class OpenedStreams {

	private final CallSession session;

	private final List<QuicStreamChannel> unread = new ArrayList<>();

	private boolean begun;

	OpenedStreams(CallSession session) {
		this.session = session;
	}

	/**
	 * Takes a stream.
	 * @param stream registered, without automatic read, unread
	 */
	void add(QuicStreamChannel stream) {
		if (isReadable(stream)) {
			read(stream);
		}
		else {
			stream.pipeline().addLast(new ChannelInboundHandlerAdapter());
			this.unread.add(stream);
		}
	}

	private boolean isReadable(QuicStreamChannel stream) {
		return this.begun && (stream.type() == QuicStreamType.UNIDIRECTIONAL || this.session.peer() != null);
	}

	/**
	 * This end begins.
	 */
	void begin() {
		this.begun = true;
		readOn();
	}

	/**
	 * Reads those that may be read now.
	 */
	void readOn() {
		Predicate<QuicStreamChannel> readable = this::isReadable;
		List<QuicStreamChannel> now = this.unread.stream().filter(readable).toList();
		this.unread.removeAll(now);
		now.forEach(this::read);
	}

	private void read(QuicStreamChannel stream) {
		stream.pipeline().addLast(new StreamInput(this.session, new OpenedHalf(this.session, stream)));
		stream.read();
	}

}
