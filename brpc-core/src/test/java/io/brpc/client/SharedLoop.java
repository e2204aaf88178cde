package io.brpc.client;

import java.util.Iterator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.brpc.internal.quic.DatagramTransport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;

/**
 * One event loop and one pool for many clients of a test, which would have a thread each
 * otherwise. To be closed after the last client. Safe for use by any thread.
 */
public final class SharedLoop implements Consumer<BrpcClientBuilder>, AutoCloseable {

	private static final int HANDLERS = 4;

	private final EventLoopGroup loops = DatagramTransport.best().newEventLoopGroup("brpc-client-shared");

	private final ExecutorService handlers = Executors.newFixedThreadPool(HANDLERS,
			new DefaultThreadFactory("brpc-client-shared-handlers", true));

	/**
	 * Makes a client live here.
	 * @param builder the client's builder
	 */
	@Override
	public void accept(BrpcClientBuilder builder) {
		builder.eventLoops(new Lodger(this.loops.next())).executor(this.handlers);
	}

	@Override
	public void close() {
		this.handlers.shutdown();
		this.loops.shutdownGracefully(0, 5, TimeUnit.SECONDS);
	}

	/**
	 * The loop as one client sees it, who can't shut it down.
	 */
	private static final class Lodger extends AbstractEventExecutorGroup implements EventLoopGroup {

		private final EventLoop loop;

		Lodger(EventLoop loop) {
			this.loop = loop;
		}

		@Override
		public EventLoop next() {
			return this.loop;
		}

		@Override
		public Iterator<EventExecutor> iterator() {
			return this.loop.iterator();
		}

		@Override
		public ChannelFuture register(Channel channel) {
			return this.loop.register(channel);
		}

		@Override
		public ChannelFuture register(ChannelPromise promise) {
			return this.loop.register(promise);
		}

		@Override
		@Deprecated
		@SuppressWarnings("InlineMeSuggester")
		public ChannelFuture register(Channel channel, ChannelPromise promise) {
			return register(promise);
		}

		@Override
		public boolean isShuttingDown() {
			return this.loop.isShuttingDown();
		}

		@Override
		public boolean isShutdown() {
			return this.loop.isShutdown();
		}

		@Override
		public boolean isTerminated() {
			return this.loop.isTerminated();
		}

		@Override
		public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
			return this.loop.awaitTermination(timeout, unit);
		}

		@Override
		public Future<?> terminationFuture() {
			return this.loop.terminationFuture();
		}

		@Override
		public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
			return this.loop.newSucceededFuture(null);
		}

		@Override
		@Deprecated
		public void shutdown() {
		}

	}

}
