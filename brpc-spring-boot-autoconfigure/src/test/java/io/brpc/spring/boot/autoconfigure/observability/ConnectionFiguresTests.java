package io.brpc.spring.boot.autoconfigure.observability;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import io.brpc.BrpcConnection;
import io.brpc.ConnectionStats;
import io.brpc.spring.boot.autoconfigure.observability.ConnectionFigures.Sum;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class ConnectionFiguresTests {

	private final ConnectionFigures figures = new ConnectionFigures();

	private final BrpcConnection first = mock();

	private final BrpcConnection second = mock();

	@Test
	void sumsGrowByWhatIsNewInEachSample() {
		this.figures.begin(this.first);
		this.figures.begin(this.second);
		this.figures.update(this.first, stats(10, 1));
		this.figures.update(this.second, stats(100, 2));
		this.figures.update(this.first, stats(15, 3));
		assertThat(this.figures.total(Sum.BYTES_SENT)).isEqualTo(115);
		assertThat(this.figures.now(ConnectionStats::queuedBytes)).isEqualTo(5);
		assertThat(this.figures.count()).isEqualTo(2);
	}

	@Test
	void sumsKeepWhatAConnectionMeasuredToItsEnd() {
		CompletableFuture<ConnectionStats> last = new CompletableFuture<>();
		given(this.first.stats()).willReturn(last);
		this.figures.begin(this.first);
		this.figures.update(this.first, stats(10, 1));
		this.figures.end(this.first);
		assertThat(this.figures.count()).isZero();
		assertThat(this.figures.now(ConnectionStats::queuedBytes)).isZero();
		last.complete(stats(25, 0));
		assertThat(this.figures.total(Sum.BYTES_SENT)).isEqualTo(25);
	}

	@Test
	void aSampleThatComesAfterTheEndIsNotCountedTwice() {
		given(this.first.stats()).willReturn(CompletableFuture.completedFuture(stats(10, 0)));
		this.figures.begin(this.first);
		this.figures.end(this.first);
		this.figures.update(this.first, stats(10, 0));
		assertThat(this.figures.total(Sum.BYTES_SENT)).isEqualTo(10);
		assertThat(this.figures.connections()).isEmpty();
	}

	@Test
	void aConnectionWhoseLoopHasEndedKeepsItsLastSample() {
		given(this.first.stats()).willThrow(new RejectedExecutionException("the loop has ended"));
		this.figures.begin(this.first);
		this.figures.update(this.first, stats(10, 0));
		this.figures.end(this.first);
		assertThat(this.figures.total(Sum.BYTES_SENT)).isEqualTo(10);
	}

	private static ConnectionStats stats(long bytesSent, long queuedBytes) {
		return new ConnectionStats(0, 0, 0, bytesSent, 0, Duration.ZERO, 0, queuedBytes, 0, 0);
	}

}
