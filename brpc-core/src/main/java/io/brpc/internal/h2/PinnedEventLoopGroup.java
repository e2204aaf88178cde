package io.brpc.internal.h2;

import java.util.Iterator;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractEventExecutorGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;

/**
 * Registers each {@link StreamChannel} with the loop that its stream lives on, so that no
 * byte changes threads between QUIC and gRPC. It borrows its loops and never shuts them
 * down.
 * <p>
 * Immutable.
 */
final class PinnedEventLoopGroup extends AbstractEventExecutorGroup implements EventLoopGroup {

	private final EventLoopGroup loops;

	PinnedEventLoopGroup(EventLoopGroup loops) {
		this.loops = loops;
	}

	@Override
	public ChannelFuture register(Channel channel) {
		EventLoop loop = ((StreamChannel) channel).streamLoop();
		return register(new DefaultChannelPromise(channel, loop));
	}

	@Override
	public ChannelFuture register(ChannelPromise promise) {
		EventLoop loop = ((StreamChannel) promise.channel()).streamLoop();
		promise.channel().unsafe().register(loop, promise);
		return promise;
	}

	@Override
	@Deprecated
	@SuppressWarnings("InlineMeSuggester")
	public ChannelFuture register(Channel channel, ChannelPromise promise) {
		return register(promise);
	}

	@Override
	public EventLoop next() {
		return this.loops.next();
	}

	@Override
	public Iterator<EventExecutor> iterator() {
		return this.loops.iterator();
	}

	@Override
	public boolean isShuttingDown() {
		return this.loops.isShuttingDown();
	}

	@Override
	public boolean isShutdown() {
		return this.loops.isShutdown();
	}

	@Override
	public boolean isTerminated() {
		return this.loops.isTerminated();
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
		return this.loops.awaitTermination(timeout, unit);
	}

	@Override
	public Future<?> terminationFuture() {
		return this.loops.terminationFuture();
	}

	@Override
	public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
		throw new IllegalStateException("the loops belong to somebody else");
	}

	@Override
	@Deprecated
	public void shutdown() {
		throw new IllegalStateException("the loops belong to somebody else");
	}

}
