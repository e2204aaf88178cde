package io.brpc.internal.connection;

import java.util.Arrays;
import java.util.function.Consumer;

import io.grpc.ClientCall;
import org.jspecify.annotations.Nullable;

/**
 * What the application has done with a call, in order: it is done to the call that goes
 * to a server when there is one, and once more if no handler has seen that call. Kept
 * until there is an answer.
 * <p>
 * Guarded by the lock of the {@link ForwardCall}, but for {@link #isAnswered()}.
 */
final class KeptSteps<Q, A> {

	private static final int USUAL_STEPS = 4;

	/**
	 * What is kept of a call to make it again. One that has done more is a stream, and
	 * would take too much memory.
	 */
	private static final int MAX_STEPS = 64;

	private Consumer<ClientCall<Q, A>> @Nullable [] steps = array();

	private int count;

	private int next;

	private boolean catchingUp;

	private volatile boolean answered;

	@SuppressWarnings("unchecked")
	private static <Q, A> Consumer<ClientCall<Q, A>>[] array() {
		return (Consumer<ClientCall<Q, A>>[]) new Consumer<?>[USUAL_STEPS];
	}

	/**
	 * The application does something.
	 * @param step what
	 * @return whether to do it now, because all before is done
	 */
	boolean add(Consumer<ClientCall<Q, A>> step) {
		Consumer<ClientCall<Q, A>>[] steps = this.steps;
		if (steps != null) {
			if (this.count == steps.length) {
				steps = Arrays.copyOf(steps, this.count * 2);
				this.steps = steps;
			}
			steps[this.count++] = step;
			if (!this.catchingUp && this.count > MAX_STEPS) {
				this.steps = null;
			}
		}
		return !this.catchingUp;
	}

	/**
	 * Has all steps wait for a new call, from the first on.
	 */
	void rewind() {
		this.next = 0;
		this.catchingUp = true;
	}

	/**
	 * Returns what to do next to the new call.
	 * @return null if all is done; the application's steps need not wait from then on
	 */
	@Nullable Consumer<ClientCall<Q, A>> next() {
		Consumer<ClientCall<Q, A>>[] steps = this.steps;
		if (steps == null || !this.catchingUp) {
			return null;
		}
		if (this.next < this.count) {
			return steps[this.next++];
		}
		this.catchingUp = false;
		if (this.answered) {
			this.steps = null;
		}
		return null;
	}

	/**
	 * The call is not made again.
	 */
	void answered() {
		this.answered = true;
		if (!this.catchingUp) {
			this.steps = null;
		}
	}

	/**
	 * Tells whether there is an answer. Any thread, without the lock.
	 * @return whether the call is not made again
	 */
	boolean isAnswered() {
		return this.answered;
	}

	/**
	 * Tells whether all can be done once more.
	 * @return whether it can
	 */
	boolean isRepeatable() {
		return !this.answered && this.steps != null;
	}

}
