package io.brpc.spring.boot.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of {@code docs/configuration.md}, made of the metadata. No test of the
 * build, but a command that writes the document.
 */
class ConfigurationTables {

	static final String COMMAND = "mvn -Dfast -pl brpc-spring-boot-autoconfigure -am verify "
			+ "-Dtest=ConfigurationTables -Dsurefire.failIfNoSpecifiedTests=false";

	static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");

	private static final String HEADER = "| Property | Type | Default | Meaning |";

	@Test
	void write() throws IOException {
		String document = renew(Files.readString(DOCUMENT));
		Files.writeString(DOCUMENT, document);
		assertThat(DOCUMENT).hasContent(document);
	}

	/**
	 * Returns a document with new rows in its tables: the properties of both sides, of
	 * the server and of a connection, in this order.
	 */
	static String renew(String document) throws IOException {
		Iterator<List<PropertyRow>> tables = List
			.of(PropertyRows.ofBoth(), PropertyRows.ofServer(), PropertyRows.ofConnection())
			.iterator();
		List<String> lines = new ArrayList<>();
		boolean inTable = false;
		for (String line : document.lines().toList()) {
			inTable = inTable && line.startsWith("|");
			if (!inTable) {
				lines.add(line);
			}
			if (line.equals(HEADER)) {
				inTable = true;
				lines.add("| --- | --- | --- | --- |");
				tables.next().forEach((row) -> lines.add(row.line()));
			}
		}
		assertThat(tables).as("tables that the document does not have").isExhausted();
		return String.join("\n", lines) + "\n";
	}

}
