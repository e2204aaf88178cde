package io.brpc.internal.quic;

import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;

/**
 * A scheduled task that has always some time left, until it has run;
 * {@link QuicEventLoopGroup} says why. Event-loop confined.
 */
final class QuicTimer extends DefaultPromise<Void> implements ScheduledFuture<Void> {

	private final ScheduledFuture<?> timer;

	QuicTimer(ScheduledFuture<?> timer, EventExecutor loop) {
		super(loop);
		this.timer = timer;
		timer.addListener(this::ended);
	}

	private void ended(Future<?> timer) {
		if (timer.isSuccess()) {
			trySuccess(null);
		}
		else if (!timer.isCancelled()) {
			tryFailure(timer.cause());
		}
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		return this.timer.cancel(mayInterruptIfRunning) && super.cancel(mayInterruptIfRunning);
	}

	@Override
	public long getDelay(TimeUnit unit) {
		return Math.max(this.timer.getDelay(unit), 1);
	}

	@Override
	public int compareTo(Delayed other) {
		return this.timer.compareTo(other);
	}

}
