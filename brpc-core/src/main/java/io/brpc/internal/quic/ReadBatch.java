package io.brpc.internal.quic;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import org.jspecify.annotations.Nullable;

/**
 * All datagrams that one visit to the socket, or to all sockets of a {@link ClientCodec},
 * brings. It stands in front of the codec, which reports the end of a read for each
 * datagram, and tells it that the read is complete only when what was read has been
 * handled. The codec then acknowledges, and gRPC writes its answers in a task of its own
 * that it starts while it reads: the acknowledgement would leave in a packet of its own
 * just before the answers. So that task runs first, and all that came of one read leaves
 * together, with as few packets as possible.
 * <p>
 * What is ready can leave {@linkplain #sendNow() before that}, so that the peer works on
 * it while this end reads on, instead of one end waiting while the other works. A packet
 * more costs about as much as a dozen small calls, so that pays only while there is time
 * to spare: if the batch {@linkplain #wasAwaited() was waited for}.
 * <p>
 * Event-loop confined.
 */
public final class ReadBatch extends ChannelInboundHandlerAdapter {

	/**
	 * How long nothing came if an event loop has time to spare, nanoseconds: longer than
	 * it needs to send one batch and to get the next one that is there already, which is
	 * about 10 us.
	 */
	private static final long IDLE_NANOS = 30_000;

	private final LongSupplier nanoTime;

	private final List<Runnable> tasks = new ArrayList<>();

	private Runnable completion = () -> {
	};

	private @Nullable ChannelHandlerContext codec;

	private boolean reading;

	private boolean due;

	private boolean running;

	private long completed;

	private boolean awaited;

	/**
	 * Makes one for a socket, or for all sockets of a codec.
	 */
	public ReadBatch() {
		this(System::nanoTime);
	}

	ReadBatch(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.completed = nanoTime.getAsLong();
	}

	/**
	 * Returns the one that a connection's datagrams come with.
	 * @param channel the connection
	 * @return null if its socket has none
	 */
	public static @Nullable ReadBatch of(QuicChannel channel) {
		ClientSocketHandler socket = channel.parent().pipeline().get(ClientSocketHandler.class);
		return (socket != null) ? socket.arrivals() : channel.parent().pipeline().get(ReadBatch.class);
	}

	/**
	 * Has something done when the batch has been read that is read now.
	 * @param task what to do; must not throw
	 * @return false if nothing is read now, and the task was not taken
	 */
	public boolean add(Runnable task) {
		return this.reading && this.tasks.add(task);
	}

	/**
	 * Tells whether a batch is read now for which the event loop has waited, as far as
	 * this socket goes.
	 * @return whether there is time to spare
	 */
	public boolean wasAwaited() {
		return this.reading && this.awaited;
	}

	/**
	 * Does what was to be done at the end of the batch, and sends what connections have
	 * written. Does nothing unless a batch is read now, and nothing for one of these
	 * tasks.
	 */
	public void sendNow() {
		ChannelHandlerContext codec = this.codec;
		if (this.reading && !this.running && codec != null && !codec.isRemoved()) {
			runTasks();
			codec.fireChannelReadComplete();
		}
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.codec = ctx;
		this.completion = () -> complete(ctx);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (!this.reading) {
			this.awaited = this.nanoTime.getAsLong() - this.completed >= IDLE_NANOS;
			this.reading = true;
		}
		ctx.fireChannelRead(message);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		if (!this.due) {
			this.due = true;
			ctx.executor().execute(this.completion);
		}
	}

	private void complete(ChannelHandlerContext ctx) {
		this.due = false;
		runTasks();
		this.reading = false;
		if (!ctx.isRemoved()) {
			ctx.fireChannelReadComplete();
		}
		this.completed = this.nanoTime.getAsLong();
	}

	private void runTasks() {
		this.running = true;
		// A task may add another one.
		for (int i = 0; i < this.tasks.size(); i++) {
			this.tasks.get(i).run();
		}
		this.tasks.clear();
		this.running = false;
	}

}
