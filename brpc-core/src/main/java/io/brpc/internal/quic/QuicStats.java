package io.brpc.internal.quic;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import io.brpc.ConnectionStats;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionPathStats;
import io.netty.handler.codec.quic.QuicConnectionStats;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads quiche's figures. Not instantiable.
 */
public final class QuicStats {

	private QuicStats() {
	}

	/**
	 * Asks for the figures of a connection and of its active path.
	 * @param channel the connection
	 * @param completion adds what QUIC does not know; called on the connection's event
	 * loop
	 * @return completes on the connection's event loop
	 */
	public static CompletionStage<ConnectionStats> collect(QuicChannel channel,
			UnaryOperator<ConnectionStats> completion) {
		CompletableFuture<ConnectionStats> result = new CompletableFuture<>();
		channel.collectStats().addListener((Future<QuicConnectionStats> stats) -> {
			if (stats.isSuccess()) {
				activePath(channel, (path) -> result.complete(completion.apply(figures(stats, path))));
			}
			else {
				result.completeExceptionally(stats.cause());
			}
		});
		return result;
	}

	/**
	 * Asks for the figures of the path that is in use. A connection whose peer's address
	 * has changed has several.
	 * @param channel the connection
	 * @param answer told on the connection's event loop; null if there is no such path,
	 * as when the connection has closed
	 */
	static void activePath(QuicChannel channel, Consumer<@Nullable QuicConnectionPathStats> answer) {
		activePath(channel, 0, answer);
	}

	private static void activePath(QuicChannel channel, int index, Consumer<@Nullable QuicConnectionPathStats> answer) {
		channel.collectPathStats(index).addListener((Future<QuicConnectionPathStats> path) -> {
			if (!path.isSuccess()) {
				answer.accept(null);
			}
			else if (path.getNow().active()) {
				answer.accept(path.getNow());
			}
			else {
				activePath(channel, index + 1, answer);
			}
		});
	}

	private static ConnectionStats figures(Future<QuicConnectionStats> stats, @Nullable QuicConnectionPathStats path) {
		QuicConnectionStats total = stats.getNow();
		long rttNanos = (path != null) ? path.rtt() : 0;
		long congestionWindow = (path != null) ? path.cwnd() : 0;
		return new ConnectionStats(total.sent(), total.recv(), total.lost(), total.sentBytes(), total.recvBytes(),
				Duration.ofNanos(rttNanos), congestionWindow, 0, 0, 0);
	}

}
