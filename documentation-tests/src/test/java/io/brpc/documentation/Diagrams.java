package io.brpc.documentation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Diagrams in Mermaid are of a known type, and what opens in them closes. Whether they
 * can be drawn is for the eye.
 */
final class Diagrams implements Examples {

	private static final Set<String> TYPES = Set.of("flowchart LR", "sequenceDiagram", "stateDiagram-v2");

	private static final Pattern MESSAGE = Pattern.compile("^ *(\\w+) *-+>>[+-]?(\\w+):", Pattern.MULTILINE);

	private static final Pattern PARTICIPANT = Pattern.compile("^ *participant (\\w+)", Pattern.MULTILINE);

	private static final String OPENING = "([{\"";

	private static final String CLOSING = ")]}\"";

	@Override
	public void check(Block block) {
		assertThat(block.text().lines().findFirst()).as(block.toString())
			.hasValueSatisfying((type) -> assertThat(TYPES).contains(type));
		block.text().lines().filter((line) -> !line.endsWith("{") && !line.isBlank()).forEach((line) -> {
			if (!line.strip().equals("}")) {
				assertThat(isBalanced(line.replaceAll("-+>>?", ""))).as("%s: %s", block, line).isTrue();
			}
		});
		assertThat(count(block, "(subgraph .*|.*\\{)")).as(block.toString()).isEqualTo(count(block, "(end|\\})"));
		checkParticipants(block);
	}

	private static void checkParticipants(Block block) {
		Set<String> participants = new TreeSet<>();
		PARTICIPANT.matcher(block.text()).results().forEach((match) -> participants.add(match.group(1)));
		Matcher messages = MESSAGE.matcher(block.text());
		while (messages.find()) {
			assertThat(participants).as(block.toString()).contains(messages.group(1), messages.group(2));
		}
	}

	private static long count(Block block, String line) {
		return block.text().lines().filter((candidate) -> candidate.strip().matches(line)).count();
	}

	private static boolean isBalanced(String line) {
		Deque<Character> open = new ArrayDeque<>();
		for (int i = 0; i < line.length(); i++) {
			char letter = line.charAt(i);
			int closing = CLOSING.indexOf(letter);
			if (closing >= 0 && !open.isEmpty() && open.peek() == letter) {
				open.pop();
			}
			else if (OPENING.indexOf(letter) >= 0) {
				open.push(CLOSING.charAt(OPENING.indexOf(letter)));
			}
			else if (closing >= 0) {
				return false;
			}
		}
		return open.isEmpty();
	}

}
