package io.brpc.internal.h2;

import io.grpc.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What there is room for.
 */
class SendQueueTests {

	private final SendQueue queue = new SendQueue("somebody", 100);

	@Test
	void takesAsMuchAsItMay() {
		assertThat(this.queue.add(60)).isTrue();
		assertThat(this.queue.add(40)).isTrue();
		assertThat(this.queue.add(1)).isFalse();
		assertThat(this.queue.bytes()).isEqualTo(100);
	}

	@Test
	void hasRoomAgainWhenSomethingWasSent() {
		this.queue.add(60);
		this.queue.add(40);
		this.queue.remove(60);
		assertThat(this.queue.add(60)).isTrue();
		assertThat(this.queue.bytes()).isEqualTo(100);
	}

	@Test
	void takesOnePieceOfAnySizeWhenItIsEmpty() {
		assertThat(this.queue.add(1000)).isTrue();
		assertThat(this.queue.add(1)).isFalse();
		this.queue.remove(1000);
		assertThat(this.queue.bytes()).isZero();
	}

	@Test
	void refusesInWordsThatSayWhoAndHowMuch() {
		this.queue.add(90);
		Status refusal = this.queue.refusal(20);
		assertThat(refusal.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(refusal.getDescription())
			.isEqualTo("110 bytes queued towards somebody, limit is 100; send only while isReady()");
	}

}
