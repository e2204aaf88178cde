package io.brpc.spring.boot.autoconfigure;

import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of {@code docs/configuration.md} are what {@link ConfigurationTables} makes
 * of the metadata.
 */
class ConfigurationDocumentTests {

	@Test
	void theDocumentIsWhatWouldBeWritten() throws Exception {
		String document = Files.readString(ConfigurationTables.DOCUMENT);
		assertThat(document).as("docs/configuration.md, which this writes: " + ConfigurationTables.COMMAND)
			.isEqualTo(ConfigurationTables.renew(document));
	}

	@Test
	void whatIsWrittenOverWrongRowsIsTheSame() throws Exception {
		String document = Files.readString(ConfigurationTables.DOCUMENT);
		String wrong = document.replace("`9443`", "`1`").replaceAll("(?m)^\\| `brpc\\.enabled`.*\n", "");
		assertThat(wrong).isNotEqualTo(document);
		assertThat(ConfigurationTables.renew(wrong)).isEqualTo(ConfigurationTables.renew(document));
	}

	@ParameterizedTest
	@MethodSource
	void aPropertyHasADescription(PropertyRow row) {
		assertThat(row.description()).isNotBlank().endsWith(".").doesNotContain("|", "{@");
	}

	static Stream<PropertyRow> aPropertyHasADescription() throws Exception {
		return Stream.of(PropertyRows.ofBoth(), PropertyRows.ofServer(), PropertyRows.ofConnection())
			.flatMap(List::stream);
	}

}
