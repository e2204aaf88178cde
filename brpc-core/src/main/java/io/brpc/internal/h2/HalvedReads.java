package io.brpc.internal.h2;

import java.util.ArrayDeque;
import java.util.Queue;

import io.brpc.internal.quic.ReadBatch;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * Hands on what many small calls that came together have sent in two halves, if there is
 * time to spare, and has what gRPC answers to the first one leave before the second: so
 * that the peer can work on it at the same time. Otherwise such calls would stay
 * together, and each end would wait while the other one works.
 * <p>
 * gRPC writes in a task of its own, so the second half is handled in a task as well,
 * which comes behind that; whatever the stream brings meanwhile waits, in order.
 * <p>
 * Event-loop confined. Owns the second half until it hands it on.
 */
final class HalvedReads extends ChannelDuplexHandler {

	/**
	 * So much is a dozen small calls, bytes.
	 */
	private static final int MIN_HALVED = 1000;

	/**
	 * More than this is large messages rather than many calls, bytes.
	 */
	private static final int MAX_HALVED = 16 << 10;

	private final ReadBatch batch;

	private final Queue<Runnable> waiting = new ArrayDeque<>();

	private boolean halved;

	private boolean wrote;

	HalvedReads(ReadBatch batch) {
		this.batch = batch;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		int count = bytes.readableBytes();
		if (this.halved) {
			this.waiting.add(() -> ctx.fireChannelRead(bytes));
			return;
		}
		if (count < MIN_HALVED || count > MAX_HALVED || !this.batch.wasAwaited()) {
			ctx.fireChannelRead(bytes);
			return;
		}
		ByteBuf first = bytes.readRetainedSlice(count / 2);
		this.waiting.add(() -> ctx.fireChannelRead(bytes));
		this.halved = true;
		this.wrote = false;
		ctx.fireChannelRead(first);
		ctx.executor().execute(this::goOn);
	}

	private void goOn() {
		if (this.wrote) {
			this.batch.sendNow();
		}
		catchUp();
	}

	private void handOn(Runnable event) {
		if (this.halved) {
			this.waiting.add(event);
		}
		else {
			event.run();
		}
	}

	/**
	 * Hands on all that waits. What comes while that is handled waits behind it.
	 */
	private void catchUp() {
		for (Runnable event = this.waiting.poll(); event != null; event = this.waiting.poll()) {
			event.run();
		}
		this.halved = false;
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		handOn(ctx::fireChannelReadComplete);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		handOn(() -> ctx.fireUserEventTriggered(event));
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		catchUp();
		ctx.fireChannelInactive();
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		this.wrote = true;
		ctx.write(message, promise);
	}

}
