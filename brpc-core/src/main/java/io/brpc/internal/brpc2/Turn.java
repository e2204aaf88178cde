package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

import io.brpc.internal.quic.ReadBatch;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what a session does in one turn of its event loop: tasks of other threads come
 * in through one queue, and what is written to streams goes out once, at the end.
 * <p>
 * Event-loop confined, but for {@link #execute}.
 */
final class Turn {

	private final EventLoop loop;

	private final @Nullable ReadBatch batch;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final Runnable drain = this::drain;

	private final Runnable flush = this::flush;

	private final List<StreamOutput> dirty = new ArrayList<>();

	private boolean flushesLater;

	private int number;

	Turn(EventLoop loop, @Nullable ReadBatch batch) {
		this.loop = loop;
		this.batch = batch;
	}

	EventLoop loop() {
		return this.loop;
	}

	/**
	 * Returns a number that is another one in the next turn in which something is
	 * written.
	 * @return not negative
	 */
	int number() {
		return this.number;
	}

	/**
	 * Runs something on the event loop, behind what other threads have asked for before:
	 * at once if this is the event loop. May be called by any thread.
	 * @param task what to run
	 */
	void execute(Runnable task) {
		if (this.loop.inEventLoop()) {
			runTasks();
			task.run();
			return;
		}
		this.tasks.add(task);
		if (!this.scheduled.get() && this.scheduled.compareAndSet(false, true)) {
			this.loop.execute(this.drain);
		}
	}

	private void drain() {
		this.scheduled.set(false);
		boolean outermost = !this.flushesLater;
		this.flushesLater = true;
		runTasks();
		if (outermost) {
			flush();
		}
	}

	private void runTasks() {
		for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
			task.run();
		}
	}

	/**
	 * Has an output flushed at the end of the turn.
	 * @param output an output that has something to write
	 */
	void add(StreamOutput output) {
		assert this.loop.inEventLoop();
		this.dirty.add(output);
		if (!this.flushesLater) {
			this.flushesLater = true;
			if (this.batch == null || !this.batch.add(this.flush)) {
				this.loop.execute(this.flush);
			}
		}
	}

	/**
	 * Tells whether this end had nothing to do before it read what it reads now.
	 * @return whether what is ready may be {@linkplain #sendNow() sent} meanwhile
	 */
	boolean hasTimeToSpare() {
		return this.batch != null && this.batch.wasAwaited();
	}

	/**
	 * Sends what was gathered so far, although the turn goes on.
	 */
	void sendNow() {
		if (!this.dirty.isEmpty() && this.batch != null) {
			this.batch.sendNow();
		}
	}

	private void flush() {
		int count = this.dirty.size();
		for (int i = 0; i < count; i++) {
			this.dirty.get(i).flush();
		}
		this.number = (this.number + 1) & Integer.MAX_VALUE;
		this.dirty.subList(0, count).clear();
		this.flushesLater = !this.dirty.isEmpty();
		if (this.flushesLater) {
			// A write that was done at once has made others write. What has been written
			// is to leave first: the peer would wait for it.
			this.loop.execute(this.flush);
		}
	}

}
