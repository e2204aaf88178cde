package io.brpc.testing;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import io.brpc.BrpcConnection;
import io.brpc.CloseReason;
import io.brpc.ConnectionId;
import io.brpc.ConnectionListener;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a {@link ConnectionListener} was told, in order. Safe for use by any thread.
 */
public final class ConnectionLog implements ConnectionListener {

	private static final Duration PATIENCE = Duration.ofSeconds(15);

	private final List<Entry> entries = new CopyOnWriteArrayList<>();

	private final List<Failure> failures = new CopyOnWriteArrayList<>();

	@Override
	public void connected(BrpcConnection connection) {
		this.entries.add(new Entry(connection.id(), null));
	}

	@Override
	public void disconnected(BrpcConnection connection, CloseReason reason) {
		this.entries.add(new Entry(connection.id(), reason));
	}

	@Override
	public void failed(InetSocketAddress remoteAddress, CloseReason reason) {
		this.failures.add(new Failure(remoteAddress, reason));
	}

	/**
	 * Waits until connections have not become ready.
	 * @param count how many in all
	 * @return what was told of them, in order
	 */
	public List<Failure> awaitFailures(int count) {
		return await().atMost(PATIENCE).until(() -> List.copyOf(this.failures), (all) -> all.size() >= count);
	}

	/**
	 * Returns the entries so far.
	 * @return a snapshot
	 */
	public List<Entry> entries() {
		return List.copyOf(this.entries);
	}

	/**
	 * Returns how often a connection came.
	 * @return the number of entries without a reason
	 */
	public int connectCount() {
		return (int) this.entries.stream().filter((entry) -> entry.reason() == null).count();
	}

	/**
	 * Returns how the connections ended that have.
	 * @return the reasons in order
	 */
	public List<CloseReason> reasons() {
		List<CloseReason> reasons = new ArrayList<>();
		for (Entry entry : this.entries) {
			if (entry.reason() != null) {
				reasons.add(entry.reason());
			}
		}
		return reasons;
	}

	/**
	 * Waits until connections have gone.
	 * @param count how many in all
	 * @return how they ended, in order
	 */
	public List<CloseReason> awaitReasons(int count) {
		return await().atMost(PATIENCE).until(this::reasons, (reasons) -> reasons.size() >= count);
	}

	/**
	 * Checks, at the end, that every connection came once and then went once.
	 */
	public void verify() {
		List<ConnectionId> ids = this.entries.stream().map(Entry::id).distinct().toList();
		for (ConnectionId id : ids) {
			List<Entry> own = this.entries.stream().filter((entry) -> Objects.equals(entry.id(), id)).toList();
			assertThat(own).as("what listeners were told of connection " + id).hasSize(2);
			assertThat(own.get(0).reason()).as("first notice of connection " + id).isNull();
			assertThat(own.get(1).reason()).as("last notice of connection " + id).isNotNull();
		}
	}

	/**
	 * A connection that did not become ready.
	 *
	 * @param remoteAddress the other end
	 * @param reason why
	 */
	public record Failure(InetSocketAddress remoteAddress, CloseReason reason) {

	}

	/**
	 * One notice.
	 *
	 * @param id the connection
	 * @param reason how it ended; null if it came
	 */
	public record Entry(ConnectionId id, @Nullable CloseReason reason) {

	}

}
