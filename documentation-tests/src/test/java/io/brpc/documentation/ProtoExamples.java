package io.brpc.documentation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Services and messages of an example are those of the sample, which are compiled.
 */
final class ProtoExamples implements Examples {

	private static final String FREE = "package .*|option java_package = .*|//.*|\\s*";

	private final String sample = Project.read("sample-app/src/main/protobuf/sample.proto");

	@Override
	public void check(Block block) {
		assertThat(block.text().lines().map(String::strip).filter((line) -> !line.matches(FREE))).as(block.toString())
			.isNotEmpty()
			.allSatisfy((line) -> assertThat(this.sample).contains(line));
	}

}
