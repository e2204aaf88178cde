package io.brpc;

import java.util.List;
import java.util.stream.IntStream;

import io.brpc.testing.FakeConnection;
import io.brpc.testing.FakeRegistry;
import io.grpc.Channel;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

import static java.util.function.Function.identity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ClientStubTests {

	private final FakeConnection ada = FakeConnection.silent().as("CN=ada").in("eu").in("first");

	private final FakeConnection bert = FakeConnection.silent().as("CN=bert").in("eu");

	private final FakeConnection otherBert = FakeConnection.silent().as("CN=bert").in("eu");

	private final FakeRegistry registry = new FakeRegistry(this.ada, this.bert, this.otherBert);

	private final ClientStub<Channel> stubs = ClientStub.of(this.registry, identity());

	@Test
	void aPrincipalThatOneClientHasNamesIt() {
		assertThat(this.stubs.forPrincipal("CN=ada")).isSameAs(this.ada.channel());
	}

	@Test
	void aPrincipalThatNobodyHasIsNotFound() {
		assertFails(() -> this.stubs.forPrincipal("CN=carol"), Status.Code.NOT_FOUND,
				"no client is connected with the principal CN=carol");
	}

	@Test
	void aPrincipalThatSeveralHaveNamesNobody() {
		assertFails(() -> this.stubs.forPrincipal("CN=bert"), Status.Code.FAILED_PRECONDITION,
				"2 clients are connected with the principal CN=bert, expected one; choose with forConnection(id)");
	}

	@Test
	void everybodyInAGroupHasATurn() {
		List<Channel> all = List.of(this.ada.channel(), this.bert.channel(), this.otherBert.channel());
		assertThat(any("eu", 3)).containsExactlyElementsOf(all);
		assertThat(any("eu", 300)).allSatisfy((channel) -> assertThat(all).contains(channel))
			.filteredOn((channel) -> channel == all.get(0))
			.hasSize(100);
	}

	@Test
	void turnsOfOneGroupAreNotThoseOfAnother() {
		this.bert.joinGroup("first");
		List<Channel> turns = IntStream.range(0, 4).mapToObj((turn) -> {
			this.stubs.any("eu");
			return this.stubs.any("first");
		}).toList();
		assertThat(turns).containsExactly(this.ada.channel(), this.bert.channel(), this.ada.channel(),
				this.bert.channel());
	}

	@Test
	void whoIsGoneHasNoTurn() {
		this.stubs.any("eu");
		this.registry.remove(this.bert);
		assertThat(any("eu", 4)).containsOnly(this.ada.channel(), this.otherBert.channel());
	}

	@Test
	void anEmptyGroupIsNotFound() {
		assertFails(() -> this.stubs.any("mars"), Status.Code.NOT_FOUND, "no client is in the group mars");
		this.registry.remove(this.ada);
		assertFails(() -> this.stubs.any("first"), Status.Code.NOT_FOUND, "no client is in the group first");
	}

	private List<Channel> any(String group, int times) {
		return IntStream.range(0, times).mapToObj((turn) -> this.stubs.any(group)).toList();
	}

	private static void assertFails(Runnable choice, Status.Code code, String description) {
		assertThatExceptionOfType(NoClientException.class).isThrownBy(choice::run).satisfies((ex) -> {
			assertThat(ex.getStatus().getCode()).isEqualTo(code);
			assertThat(ex.getStatus().getDescription()).isEqualTo(description);
		});
	}

}
