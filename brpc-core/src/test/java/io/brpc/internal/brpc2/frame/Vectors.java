package io.brpc.internal.brpc2.frame;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The frames of docs/brpc2-vectors.json. Immutable.
 */
record Vectors(int maxMetadata, List<Map<String, Object>> vectors) {

	static final Path FILE = Path.of("..", "docs", "brpc2-vectors.json").toAbsolutePath().normalize();

	@SuppressWarnings("unchecked")
	static Vectors read() {
		try {
			Map<String, Object> file = (Map<String, Object>) Json.parse(Files.readString(FILE));
			return new Vectors(((Long) file.get("max-metadata")).intValue(),
					(List<Map<String, Object>>) file.get("vectors"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
