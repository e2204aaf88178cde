package io.brpc.internal.brpc2;

import java.util.ArrayDeque;
import java.util.Queue;

import io.brpc.CloseCode;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamLimitChangedEvent;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;

/**
 * The one gate through which streams are opened: beyond the peer's credit they wait, in
 * order. (To try without credit would use up a stream ID in Netty's codec.)
 * <p>
 * Event-loop confined.
 */
final class StreamOpener extends ChannelInboundHandlerAdapter {

	/**
	 * Wants a stream.
	 */
	interface Opening {

		/**
		 * Tells whether it still does.
		 * @return whether
		 */
		boolean isWanted();

		/**
		 * Takes the stream.
		 * @param stream the stream
		 */
		void opened(QuicStreamChannel stream);

	}

	private final CallSession session;

	private final QuicChannel quic;

	private final Queue<Opening> bidirectional = new ArrayDeque<>(1);

	private final Queue<Opening> unidirectional = new ArrayDeque<>(1);

	StreamOpener(CallSession session, QuicChannel quic) {
		this.session = session;
		this.quic = quic;
		quic.pipeline().addFirst(this);
	}

	/**
	 * Opens a stream as soon as there is credit.
	 * @param type its type
	 * @param opening takes it
	 */
	void open(QuicStreamType type, Opening opening) {
		queue(type).add(opening);
		pump(type);
	}

	private Queue<Opening> queue(QuicStreamType type) {
		return (type == QuicStreamType.BIDIRECTIONAL) ? this.bidirectional : this.unidirectional;
	}

	private void pump(QuicStreamType type) {
		Queue<Opening> queue = queue(type);
		while (!this.session.isOver() && !queue.isEmpty()) {
			if (!queue.element().isWanted()) {
				queue.remove();
			}
			else if (this.quic.peerAllowedStreams(type) > 0) {
				create(type, queue.remove());
			}
			else {
				return;
			}
		}
	}

	private void create(QuicStreamType type, Opening opening) {
		Future<QuicStreamChannel> creation = this.quic.createStream(type, new ChannelInboundHandlerAdapter());
		if (creation.isDone()) {
			// Not by a listener, which may be called later: the call may have ended then.
			created(creation, opening);
		}
		else {
			creation.addListener((Future<QuicStreamChannel> created) -> created(created, opening));
		}
	}

	private void created(Future<QuicStreamChannel> creation, Opening opening) {
		if (creation.isSuccess()) {
			opening.opened(creation.getNow());
		}
		else if (this.quic.isOpen()) {
			this.session.broken(CloseCode.INTERNAL_ERROR,
					"a stream could not be opened: " + creation.cause().getMessage());
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof QuicStreamLimitChangedEvent) {
			pump(QuicStreamType.UNIDIRECTIONAL);
			pump(QuicStreamType.BIDIRECTIONAL);
		}
		ctx.fireUserEventTriggered(event);
	}

}
