package io.brpc.internal.brpc2;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * Brings the events of one call to the application, one after the other and in order, on
 * the call's executor: first its start, then messages as they are asked for, then its
 * end. An abort overtakes all that waits, and is the last.
 * <p>
 * Guarded by itself. Events may be told by any thread; the application is never called
 * with the lock held.
 */
abstract class Delivery implements Runnable {

	private static final int NOTHING = 0;

	private static final int START = 1;

	private static final int READY = 1 << 1;

	private static final int MESSAGE = 1 << 2;

	private static final int END = 1 << 3;

	private static final int ABORT = 1 << 4;

	private final Executor executor;

	private int pending;

	private boolean started;

	private boolean running;

	private boolean finished;

	private int requested;

	private @Nullable Object first;

	private @Nullable Queue<Object> others;

	Delivery(Executor executor) {
		this.executor = executor;
	}

	/**
	 * The call has begun: at the caller, headers have arrived.
	 */
	final void start() {
		tell(START);
	}

	/**
	 * More may be sent.
	 */
	final void ready() {
		tell(READY);
	}

	/**
	 * Nothing comes behind the messages so far.
	 */
	final void end() {
		tell(END);
	}

	/**
	 * Nothing is delivered any more but {@link #onAbort}.
	 */
	final void abort() {
		tell(ABORT);
	}

	/**
	 * A message has arrived.
	 * @param message the message, in any form
	 * @return whether it was taken; not if the last event was delivered before
	 */
	final boolean add(Object message) {
		synchronized (this) {
			if (this.finished) {
				return false;
			}
			if (this.first == null) {
				this.first = message;
			}
			else {
				if (this.others == null) {
					this.others = new ArrayDeque<>();
				}
				this.others.add(message);
			}
			return true;
		}
	}

	/**
	 * All of a call has arrived: its start, its only message, and its end.
	 * @param message the message
	 */
	final void addAll(Object message) {
		add(message);
		tell(START | END);
	}

	/**
	 * Tells whether the last event was delivered, or is being delivered.
	 * @return whether it was
	 */
	final synchronized boolean isFinished() {
		return this.finished;
	}

	/**
	 * The application wants messages.
	 * @param count how many more
	 */
	final void request(int count) {
		synchronized (this) {
			int sum = this.requested + count;
			this.requested = (sum < 0) ? Integer.MAX_VALUE : sum;
		}
		wake();
	}

	private void tell(int event) {
		synchronized (this) {
			if (this.finished) {
				return;
			}
			this.pending |= event;
		}
		wake();
	}

	final void wake() {
		synchronized (this) {
			if (this.running || peek() == NOTHING) {
				return;
			}
			this.running = true;
		}
		try {
			this.executor.execute(this);
		}
		catch (RejectedExecutionException ex) {
			long dropped;
			synchronized (this) {
				this.running = false;
				dropped = finish();
			}
			onDropped(dropped);
			onRejected(ex);
		}
	}

	private int peek() {
		if (this.finished) {
			return NOTHING;
		}
		if ((this.pending & ABORT) != 0) {
			return ABORT;
		}
		if ((this.pending & START) != 0) {
			return START;
		}
		if ((this.pending & READY) != 0 && (this.started || readyBeforeStart())) {
			return READY;
		}
		if (this.first != null) {
			return (this.requested > 0) ? MESSAGE : NOTHING;
		}
		return this.pending & END;
	}

	@Override
	public final void run() {
		Context context = context();
		Context previous = context.attach();
		try {
			while (deliverNext()) {
				// Until nothing is left.
			}
		}
		finally {
			context.detach(previous);
		}
	}

	private boolean deliverNext() {
		int event;
		Object message = null;
		long dropped = 0;
		synchronized (this) {
			event = peek();
			switch (event) {
				case NOTHING -> {
					this.running = false;
					return false;
				}
				case MESSAGE -> {
					message = this.first;
					this.first = (this.others != null) ? this.others.poll() : null;
					this.requested--;
				}
				case ABORT -> dropped = finish();
				default -> {
					this.pending &= ~event;
					this.started |= event == START;
				}
			}
		}
		if (dropped > 0) {
			onDropped(dropped);
		}
		try {
			deliver(event, message);
		}
		catch (Throwable ex) {
			onFailure(ex);
		}
		if (message instanceof Message bytes) {
			onTaken(bytes.cost());
		}
		return true;
	}

	private void deliver(int event, @Nullable Object message) throws Exception {
		switch (event) {
			case START -> onStart();
			case READY -> onReady();
			case END -> onEnd();
			case ABORT -> onAbort();
			default -> {
				if (message != null) {
					onMessage(message);
				}
			}
		}
	}

	private long finish() {
		long dropped = costOf(this.first);
		if (this.others != null) {
			for (Object message : this.others) {
				dropped += costOf(message);
			}
		}
		this.finished = true;
		this.first = null;
		this.others = null;
		return dropped;
	}

	private static long costOf(@Nullable Object message) {
		return (message instanceof Message bytes) ? bytes.cost() : 0;
	}

	/**
	 * Returns where the application's code runs in.
	 * @return the context
	 */
	abstract Context context();

	/**
	 * Tells whether the application may be told that it can send before the call has
	 * begun. Asked with the lock held.
	 * @return whether it may
	 */
	abstract boolean readyBeforeStart();

	abstract void onStart() throws Exception;

	abstract void onReady() throws Exception;

	abstract void onMessage(Object message) throws Exception;

	/**
	 * The application has taken a message that came in bytes.
	 * @param cost what it cost
	 */
	abstract void onTaken(long cost);

	/**
	 * Messages that came in bytes will never be taken.
	 * @param cost what they cost
	 */
	abstract void onDropped(long cost);

	abstract void onEnd() throws Exception;

	abstract void onAbort() throws Exception;

	/**
	 * The application's code has thrown.
	 * @param failure what
	 */
	abstract void onFailure(Throwable failure);

	/**
	 * The executor takes nothing more. Nothing was delivered, and nothing will be.
	 * @param failure what it said
	 */
	abstract void onRejected(RejectedExecutionException failure);

}
