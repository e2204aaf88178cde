package io.brpc.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code docs/status-codes.md} has every status that the code makes, and quotes it as it
 * is.
 */
class StatusTests {

	private static final Pattern MADE = Pattern.compile("Status\\s*\\.([A-Z_]+)\\s*\\.withDescription\\(([^;]+);");

	private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

	private static final Pattern ROW = Pattern.compile("^\\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \\| ([^|]*) \\|.*");

	private static final Pattern SPAN = Pattern.compile("`([^`]+)`");

	/**
	 * What differs from case to case: what is left out, names, numbers and hints.
	 */
	private static final String VARIABLE = "…|<[^>]+>|[0-9]+|[A-Z_]+ \\(0x[0-9a-f]+\\)";

	/**
	 * Words of gRPC's and Netty's, which the code of this project does not have.
	 */
	private static final List<String> FOREIGN = List.of("Channel shutdown", "Connection closed after GOAWAY",
			"RST_STREAM closed stream", "gRPC message exceeds maximum size", "Application error processing RPC",
			"Failed to read message.");

	/**
	 * What the code makes that no call ends with.
	 */
	private static final List<String> INTERNAL = List.of("no server to look up");

	/**
	 * How much of a description has to be the same to know it again.
	 */
	private static final int ENOUGH = 8;

	private static final List<String> SOURCES = Project.mainSources()
		.stream()
		.filter((source) -> !source.contains("package io.brpc.spring.boot.test;")
				&& !source.contains("package io.brpc.sample"))
		.map(StatusTests::inOnePiece)
		.toList();

	@ParameterizedTest
	@MethodSource
	void aStatusThatTheCodeMakesIsInTheDocument(Made made) {
		assertThat(rows()).as("the row of %s", made)
			.anyMatch((row) -> row.codes().contains(made.code())
					&& row.quotes().stream().anyMatch((quote) -> made.matches(quote)));
	}

	static Stream<Made> aStatusThatTheCodeMakesIsInTheDocument() {
		return SOURCES.stream()
			.flatMap((source) -> MADE.matcher(source).results())
			.map((match) -> new Made(match.group(1), literals(match.group(2))))
			.filter((made) -> !INTERNAL.containsAll(made.words()));
	}

	@ParameterizedTest
	@MethodSource
	void aStatusIsQuotedAsItIs(String quote) {
		List<String> words = SOURCES.stream().flatMap((source) -> literals(source).stream()).toList();
		assertThat(pieces(quote)).as(quote)
			.isNotEmpty()
			.allMatch((piece) -> words.stream().anyMatch((word) -> isSame(piece, word)));
	}

	static Stream<String> aStatusIsQuotedAsItIs() {
		return rows().stream()
			.flatMap((row) -> row.quotes().stream())
			.filter((quote) -> FOREIGN.stream().noneMatch(quote::startsWith));
	}

	private static List<Row> rows() {
		List<Row> rows = new ArrayList<>();
		Project.read("docs/status-codes.md")
			.lines()
			.map(ROW::matcher)
			.filter(Matcher::matches)
			.forEach((row) -> rows.add(new Row(spans(row.group(1)), spans(row.group(2)))));
		return rows;
	}

	private static List<String> spans(String cell) {
		return SPAN.matcher(cell).results().map((match) -> match.group(1)).toList();
	}

	/**
	 * Returns a source in which names of headers stand as they are, and literals that are
	 * put together are one.
	 */
	private static String inOnePiece(String source) {
		return source.replaceAll("ConnectionId\\s*\\.HEADER\\.name\\(\\)", "\"brpc-metadata-client-id\"")
			.replaceAll("HEADER\\.name\\(\\)", "\"brpc-call-chain\"")
			.replaceAll("\"\\s*\\+\\s*\"", "");
	}

	private static List<String> literals(String code) {
		return LITERAL.matcher(code).results().map((match) -> strip(match.group(1))).toList();
	}

	private static List<String> pieces(String quote) {
		return Stream.of(quote.split(VARIABLE))
			.map(StatusTests::strip)
			.filter((piece) -> piece.length() >= ENOUGH)
			.toList();
	}

	private static String strip(String words) {
		return words.replaceAll("^[ :,;]+|[ :,;]+$", "");
	}

	private static boolean isSame(String one, String other) {
		return Math.min(one.length(), other.length()) >= ENOUGH && (one.contains(other) || other.contains(one));
	}

	/**
	 * A status that the code makes. Immutable.
	 *
	 * @param code its code
	 * @param words the constant parts of its description
	 */
	record Made(String code, List<String> words) {

		boolean matches(String quote) {
			return pieces(quote).stream()
				.anyMatch((piece) -> this.words.stream().anyMatch((word) -> isSame(piece, word)));
		}

	}

	/**
	 * A row of the document. Immutable.
	 *
	 * @param codes the codes that it is of
	 * @param quotes what it quotes of the description
	 */
	private record Row(List<String> codes, List<String> quotes) {
	}

}
