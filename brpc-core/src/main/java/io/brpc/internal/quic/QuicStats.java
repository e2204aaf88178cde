package io.brpc.internal.quic;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

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
	 * @return completes on the connection's event loop
	 */
	public static CompletionStage<ConnectionStats> collect(QuicChannel channel) {
		CompletableFuture<ConnectionStats> result = new CompletableFuture<>();
		channel.collectStats().addListener((Future<QuicConnectionStats> stats) -> {
			if (stats.isSuccess()) {
				channel.collectPathStats(0)
					.addListener((Future<QuicConnectionPathStats> path) -> complete(result, stats, path));
			}
			else {
				result.completeExceptionally(stats.cause());
			}
		});
		return result;
	}

	private static void complete(CompletableFuture<ConnectionStats> result, Future<QuicConnectionStats> stats,
			Future<QuicConnectionPathStats> path) {
		QuicConnectionStats total = stats.getNow();
		// Of a connection that closed, quiche remembers no path.
		boolean known = path.isSuccess();
		long rttNanos = known ? path.getNow().rtt() : 0;
		long congestionWindow = known ? path.getNow().cwnd() : 0;
		result.complete(new ConnectionStats(total.sent(), total.recv(), total.lost(), total.sentBytes(),
				total.recvBytes(), Duration.ofNanos(rttNanos), congestionWindow));
	}

}
