package io.brpc;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives everybody in a group a turn, for each group apart. Keeps nothing of groups that
 * it found empty. Safe for use by any thread.
 */
final class RoundRobin {

	private final Map<String, AtomicInteger> turns = new ConcurrentHashMap<>();

	/**
	 * Returns whose turn it is.
	 * @param <T> what is in the group
	 * @param group the group's name
	 * @param members who is in it; while these are the same in the same order, everybody
	 * has as many turns as everybody else
	 * @return one of them; empty if there are none
	 */
	<T> Optional<T> next(String group, Collection<T> members) {
		List<T> candidates = List.copyOf(members);
		if (candidates.isEmpty()) {
			this.turns.remove(group);
			return Optional.empty();
		}
		int turn = this.turns.computeIfAbsent(group, (name) -> new AtomicInteger()).getAndIncrement();
		return Optional.of(candidates.get(Math.floorMod(turn, candidates.size())));
	}

}
