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

	private volatile boolean aborted;

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
		this.aborted = true;
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
		synchronized (this) {
			if (this.finished) {
				return;
			}
			this.first = message;
			this.pending |= START | END;
			if (!beginsToRun()) {
				return;
			}
		}
		execute();
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
			if (!beginsToRun()) {
				return;
			}
		}
		execute();
	}

	private void tell(int event) {
		synchronized (this) {
			if (this.finished) {
				return;
			}
			this.pending |= event;
			if (!beginsToRun()) {
				return;
			}
		}
		execute();
	}

	final void wake() {
		synchronized (this) {
			if (!beginsToRun()) {
				return;
			}
		}
		execute();
	}

	private boolean beginsToRun() {
		if (this.running || peek() == NOTHING) {
			return false;
		}
		this.running = true;
		return true;
	}

	private void execute() {
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

	/**
	 * Returns what can be delivered one after the other without a look at what came
	 * meanwhile.
	 */
	private int peek() {
		if (this.finished) {
			return NOTHING;
		}
		if ((this.pending & ABORT) != 0) {
			return ABORT;
		}
		int events = this.pending & START;
		if ((this.pending & READY) != 0 && (this.started || events != 0 || readyBeforeStart())) {
			events |= READY;
		}
		boolean last = this.first == null;
		if (!last && this.requested > 0) {
			events |= MESSAGE;
			last = this.others == null || this.others.isEmpty();
		}
		return last ? events | (this.pending & END) : events;
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
		int events;
		Object message = null;
		long dropped = 0;
		synchronized (this) {
			events = peek();
			if (events == NOTHING) {
				this.running = false;
				return false;
			}
			if (events == ABORT) {
				dropped = finish();
			}
			else if ((events & MESSAGE) != 0) {
				message = this.first;
				this.first = (this.others != null) ? this.others.poll() : null;
				this.requested--;
			}
			this.pending &= ~events;
			this.started |= (events & START) != 0;
		}
		if (dropped > 0) {
			onDropped(dropped);
		}
		if (events == ABORT) {
			deliver(ABORT, null);
			return false;
		}
		deliverAll(events, message);
		return true;
	}

	private void deliverAll(int events, @Nullable Object message) {
		for (int event = START; event <= END; event <<= 1) {
			if ((events & event) == 0) {
				continue;
			}
			if (!this.aborted) {
				deliver(event, message);
			}
			if (event == MESSAGE && message instanceof Message bytes) {
				onTaken(bytes.cost());
			}
		}
	}

	private void deliver(int event, @Nullable Object message) {
		try {
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
		catch (Throwable ex) {
			onFailure(ex);
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
