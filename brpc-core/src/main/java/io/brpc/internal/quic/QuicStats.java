package io.brpc.internal.quic;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

import io.brpc.ConnectionStats;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionPathStats;
import io.netty.handler.codec.quic.QuicConnectionStats;
import io.netty.util.concurrent.Future;

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
				channel.collectPathStats(0)
					.addListener((Future<QuicConnectionPathStats> path) -> result
						.complete(completion.apply(figures(stats, path))));
			}
			else {
				result.completeExceptionally(stats.cause());
			}
		});
		return result;
	}

	private static ConnectionStats figures(Future<QuicConnectionStats> stats, Future<QuicConnectionPathStats> path) {
		QuicConnectionStats total = stats.getNow();
		// Of a connection that closed, quiche remembers no path.
		boolean known = path.isSuccess();
		long rttNanos = known ? path.getNow().rtt() : 0;
		long congestionWindow = known ? path.getNow().cwnd() : 0;
		return new ConnectionStats(total.sent(), total.recv(), total.lost(), total.sentBytes(), total.recvBytes(),
				Duration.ofNanos(rttNanos), congestionWindow, 0, 0, 0);
	}

}
