package io.brpc.sample.fleet;

import java.util.List;

/**
 * What the page is told at once: who came, who left, and new figures, each possibly
 * empty. Immutable.
 *
 * @param joined members that came
 * @param left members that left
 * @param figures the members' latest figures
 */
record News(List<Joined> joined, List<Left> left, List<Member.Figures> figures) {

	boolean isEmpty() {
		return this.joined.isEmpty() && this.left.isEmpty() && this.figures.isEmpty();
	}

	/**
	 * A member that came.
	 *
	 * @param id the connection's ID
	 * @param name the member's name, whatever the client says
	 * @param group the member's group, likewise
	 * @param address where the client is
	 */
	record Joined(String id, String name, String group, String address) {

		static Joined of(Member member) {
			return new Joined(member.id(), member.name(), member.group(), member.address());
		}

	}

	/**
	 * A member that left.
	 *
	 * @param id the connection's ID
	 * @param reason why it left
	 */
	record Left(String id, String reason) {

		static Left of(Member member) {
			return new Left(member.id(), member.farewell());
		}

	}

}
