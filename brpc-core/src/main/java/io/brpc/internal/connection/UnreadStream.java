package io.brpc.internal.connection;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * Keeps a stream that this side opens from reading before its channel is there.
 * Stateless.
 */
@Sharable
final class UnreadStream extends ChannelInitializer<QuicStreamChannel> {

	@Override
	protected void initChannel(QuicStreamChannel stream) {
		stream.config().setAutoRead(false);
	}

}
