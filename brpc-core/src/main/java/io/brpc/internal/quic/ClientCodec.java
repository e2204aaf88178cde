package io.brpc.internal.quic;

import java.util.function.Function;

import io.brpc.TransportSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelBootstrap;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.util.AttributeKey;

/**
 * Netty's codec for all connections that are dialed on one event loop with the same
 * settings. With a codec for each, each dial would make a configuration of quiche, which
 * reads all certificate authorities of the system and keeps them, although nobody asks
 * for them here.
 * <p>
 * The codec lives in the pipeline of a channel of its own, a socket that is never bound,
 * and never learns that there are others: a {@link ClientSocketHandler} in the pipeline
 * of each connection's socket brings it what arrives there, and the connections
 * themselves write to their sockets. It is freed when the loop ends.
 * <p>
 * Event-loop confined.
 */
final class ClientCodec {

	private static final AttributeKey<Function<QuicChannel, QuicSslEngine>> ENGINE = AttributeKey
		.valueOf(ClientCodec.class, "ENGINE");

	private final ReadBatch arrivals = new ReadBatch();

	private final Channel home;

	/**
	 * Makes a codec.
	 * @param transport the kind of socket
	 * @param loop where the connections live
	 * @param key what it is for
	 */
	ClientCodec(DatagramTransport transport, EventLoop loop, Key key) {
		ChannelHandler codec = QuicSettings
			.apply(new QuicClientCodecBuilder(), key.settings(), key.maxDatagramSize(), key.credit().bidirectional(),
					key.credit().unidirectional())
			.activeConnectionIdLimit(QuicSettings.CONNECTION_IDS_OF_SERVER)
			.sslEngineProvider((channel) -> channel.attr(ENGINE).get().apply(channel))
			.build();
		Bootstrap bootstrap = transport.newBootstrap(loop)
			.option(ChannelOption.AUTO_READ, false)
			.handler(new ChannelInitializer<>() {
				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline().addLast(ClientCodec.this.arrivals, codec);
				}
			});
		this.home = bootstrap.register().channel();
	}

	/**
	 * Tells whether the codec can take connections. It can't if there was no socket left
	 * for it.
	 * @return whether it can
	 */
	boolean isUsable() {
		return this.home.isRegistered();
	}

	/**
	 * Makes what connects a socket with the codec.
	 * @return the handler for the socket's pipeline
	 */
	ClientSocketHandler newSocketHandler() {
		return new ClientSocketHandler(this.home, this.arrivals);
	}

	/**
	 * Frees the codec, and ends the connections that are left.
	 */
	void close() {
		this.home.close();
	}

	/**
	 * Begins a connection.
	 * @param datagrams its socket, with a {@link ClientSocketHandler}
	 * @param engine makes the connection's TLS
	 * @return what connects
	 */
	static QuicChannelBootstrap newBootstrap(Channel datagrams, Function<QuicChannel, QuicSslEngine> engine) {
		return QuicChannel.newBootstrap(datagrams).attr(ENGINE, engine);
	}

	/**
	 * What a codec is good for. Immutable.
	 *
	 * @param settings how its connections behave
	 * @param maxDatagramSize the largest datagram that they try, bytes
	 * @param credit how many streams a server may open
	 */
	record Key(TransportSettings settings, int maxDatagramSize, StreamCredit credit) {

	}

}
