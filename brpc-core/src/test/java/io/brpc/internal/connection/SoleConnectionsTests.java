package io.brpc.internal.connection;

import io.brpc.DuplicatePrincipal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The place that each client has but once.
 */
class SoleConnectionsTests {

	@Test
	void whoRejectsKeepsTheFirstUntilItGivesItsPlaceBack() {
		SoleConnections<String> sole = new SoleConnections<>(DuplicatePrincipal.REJECT);
		assertThat(sole.admit("ada", "first")).isNull();
		assertThat(sole.admit("ada", "second")).isEqualTo("ada is connected already");
		assertThat(sole.admit("bert", "third")).isNull();
		assertThat(sole.takeOver("ada", "first")).isNull();
		sole.release("ada", "second");
		assertThat(sole.admit("ada", "second")).isNotNull();
		sole.release("ada", "first");
		assertThat(sole.admit("ada", "second")).isNull();
	}

	@Test
	void whoReplacesKeepsTheLastThatIsReady() {
		SoleConnections<String> sole = new SoleConnections<>(DuplicatePrincipal.REPLACE);
		assertThat(sole.admit("ada", "first")).isNull();
		assertThat(sole.admit("ada", "second")).isNull();
		assertThat(sole.takeOver("ada", "second")).isNull();
		assertThat(sole.takeOver("ada", "first")).isEqualTo("second");
		sole.release("ada", "second");
		assertThat(sole.takeOver("ada", "third")).isEqualTo("first");
		sole.release("ada", "third");
		assertThat(sole.isEmpty()).isTrue();
	}

	@Test
	void whoAllowsKeepsNothing() {
		SoleConnections<String> sole = new SoleConnections<>(DuplicatePrincipal.ALLOW);
		assertThat(sole.admit("ada", "first")).isNull();
		assertThat(sole.takeOver("ada", "first")).isNull();
		assertThat(sole.admit("ada", "second")).isNull();
		assertThat(sole.isEmpty()).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void nobodyIsADuplicateOfNobody(DuplicatePrincipal policy) {
		SoleConnections<String> sole = new SoleConnections<>(policy);
		assertThat(sole.admit(null, "first")).isNull();
		assertThat(sole.takeOver(null, "first")).isNull();
		assertThat(sole.admit(null, "second")).isNull();
		assertThat(sole.takeOver(null, "second")).isNull();
		sole.release(null, "first");
		assertThat(sole.isEmpty()).isTrue();
	}

}
