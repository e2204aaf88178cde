package io.brpc.internal.quic;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * One event loop, on which the timers of Netty's QUIC codec always run as tasks of their
 * own.
 * <p>
 * When the codec has sent, it asks its timer how much time is left; if none is, because
 * the loop is late, it runs the timer on the spot, in the middle of the send. quiche then
 * declares packets lost, but what it wants to send anew is not sent, for the codec is
 * already sending; and no timer is left that would do it later. Unless something else
 * arrives, the connection stands still until it times out. So a timer of the codec never
 * says that its time is over, but that a nanosecond is left. The codec schedules it anew
 * then, and it runs in the same turn of the loop, when the send is over.
 */
final class QuicEventLoopGroup extends MultiThreadIoEventLoopGroup {

	private static final String CODEC = QuicChannel.class.getPackageName();

	QuicEventLoopGroup(ThreadFactory threadFactory, IoHandlerFactory ioHandlerFactory) {
		super(1, threadFactory, ioHandlerFactory);
	}

	@Override
	protected IoEventLoop newChild(Executor executor, IoHandlerFactory ioHandlerFactory, Object... args) {
		return new QuicEventLoop(this, executor, ioHandlerFactory);
	}

	/**
	 * Returns what turns datagrams into QUIC for connections that are dialed.
	 * @param loop a loop of such a group; the caller is on it
	 * @param transport the kind of socket
	 * @param key what the connections need
	 * @return the loop's codec for that
	 */
	static ClientCodec clientCodec(EventLoop loop, DatagramTransport transport, ClientCodec.Key key) {
		assert loop.inEventLoop();
		return ((QuicEventLoop) loop).clientCodec(transport, key);
	}

	/**
	 * Tells whether a loop of such a group has tasks that other threads or its own have
	 * given it.
	 * @param loop the loop
	 * @return whether it has
	 */
	static boolean hasTasks(ThreadAwareExecutor loop) {
		return ((QuicEventLoop) loop).hasTasks();
	}

	/**
	 * The loop of the group.
	 */
	private static final class QuicEventLoop extends SingleThreadIoEventLoop {

		private final Map<ClientCodec.Key, ClientCodec> clientCodecs = new HashMap<>();

		QuicEventLoop(QuicEventLoopGroup group, Executor executor, IoHandlerFactory ioHandlerFactory) {
			super(group, executor, ioHandlerFactory);
		}

		private ClientCodec clientCodec(DatagramTransport transport, ClientCodec.Key key) {
			if (this.clientCodecs.isEmpty()) {
				// A loop that ends without a quiet period need not close its channels.
				addShutdownHook(() -> this.clientCodecs.values().forEach(ClientCodec::close));
			}
			return this.clientCodecs.compute(key, (same, codec) -> (codec != null && codec.isUsable()) ? codec
					: new ClientCodec(transport, this, key));
		}

		@Override
		protected boolean hasTasks() {
			return super.hasTasks();
		}

		@Override
		public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
			ScheduledFuture<?> timer = super.schedule(command, delay, unit);
			return command.getClass().getPackageName().equals(CODEC) ? new QuicTimer(timer, this) : timer;
		}

	}

}
