package io.brpc.documentation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A document in Markdown. Immutable.
 *
 * @param path its path from the project's root
 * @param lines its lines
 */
record Document(String path, List<String> lines) {

	private static final String FENCE = "```";

	private static final Pattern SPAN = Pattern.compile("`([^`]+)`");

	static Document read(Path path) {
		return new Document(Project.ROOT.relativize(path).toString(), Project.read(path).lines().toList());
	}

	/**
	 * Returns what stands between fences, in its order.
	 */
	List<Block> blocks() {
		List<Block> blocks = new ArrayList<>();
		for (int i = 0; i < this.lines.size(); i++) {
			if (this.lines.get(i).strip().startsWith(FENCE)) {
				int end = endOf(i);
				blocks.add(new Block(this.path, i + 1, this.lines.get(i).strip().substring(FENCE.length()),
						String.join("\n", this.lines.subList(i + 1, end)) + "\n"));
				i = end;
			}
		}
		return blocks;
	}

	/**
	 * Returns what stands between single back-ticks outside of blocks, as blocks without
	 * a language.
	 */
	List<Block> spans() {
		List<Block> spans = new ArrayList<>();
		for (int i = 0; i < this.lines.size(); i++) {
			if (this.lines.get(i).strip().startsWith(FENCE)) {
				i = endOf(i);
				continue;
			}
			Matcher matcher = SPAN.matcher(this.lines.get(i));
			while (matcher.find()) {
				spans.add(new Block(this.path, i + 1, "", matcher.group(1)));
			}
		}
		return spans;
	}

	private int endOf(int fence) {
		for (int i = fence + 1; i < this.lines.size(); i++) {
			if (this.lines.get(i).strip().equals(FENCE)) {
				return i;
			}
		}
		throw new IllegalStateException(this.path + ":" + (fence + 1) + ": the block has no end");
	}

}
