package io.brpc.internal.connection;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.brpc.BrpcConnection;
import org.jspecify.annotations.Nullable;

/**
 * The groups that one connection is in, and the index that it is found in by them: not
 * yet, for as long as it is ready, or no longer.
 * <p>
 * Guarded by {@code lock}.
 */
final class Membership {

	private final Object lock = new Object();

	private final BrpcConnection connection;

	@GuardedBy("lock")
	private final Set<String> groups = new HashSet<>();

	@GuardedBy("lock")
	private @Nullable ConnectionIndex index;

	Membership(BrpcConnection connection) {
		this.connection = connection;
	}

	Set<String> groups() {
		synchronized (this.lock) {
			return Set.copyOf(this.groups);
		}
	}

	void join(String group) {
		Objects.requireNonNull(group, "group");
		ConnectionIndex joined;
		synchronized (this.lock) {
			joined = this.groups.add(group) ? this.index : null;
			if (joined != null) {
				joined.add(group, this.connection);
			}
		}
		if (joined != null) {
			joined.tellWaiters(group, this.connection);
		}
	}

	void leave(String group) {
		Objects.requireNonNull(group, "group");
		synchronized (this.lock) {
			if (this.groups.remove(group) && this.index != null) {
				this.index.remove(group, this.connection);
			}
		}
	}

	/**
	 * The connection is found from now on.
	 * @param index where
	 */
	void enter(ConnectionIndex index) {
		Set<String> entered;
		synchronized (this.lock) {
			this.index = index;
			entered = Set.copyOf(this.groups);
			entered.forEach((group) -> index.add(group, this.connection));
		}
		entered.forEach((group) -> index.tellWaiters(group, this.connection));
	}

	/**
	 * The connection is found no longer. It keeps its groups for those who are told of
	 * its end.
	 */
	void exit() {
		synchronized (this.lock) {
			ConnectionIndex index = this.index;
			this.index = null;
			if (index != null) {
				this.groups.forEach((group) -> index.remove(group, this.connection));
			}
		}
	}

}
