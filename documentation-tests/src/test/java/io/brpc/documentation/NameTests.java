package io.brpc.documentation;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.brpc.CloseCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the documents name exists, and what exists is named: properties, close codes,
 * events and types. Meters and the table of properties are compared where they are made.
 */
class NameTests {

	private static final Pattern PROPERTY = Pattern
		.compile("((?:brpc|spring|management|sample|local)\\.[a-z*][a-zNAME.*-]+)(?:(?:=|: ).*)?");

	private static final Pattern ROW = Pattern.compile("^\\| `([a-zNAME.-]+)` \\|");

	private static final Pattern CODE = Pattern.compile("([A-Z][A-Z_]+) \\((0x[0-9a-f]+)\\)");

	private static final Pattern CODE_ROW = Pattern.compile("(?m)^\\| `(0x[0-9a-f]+)` \\| `([A-Z_]+)` \\|");

	private static final Pattern TYPE = Pattern.compile("@?([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)(\\b.*)?");

	/**
	 * The same, or a name of one word, which may be something else.
	 */
	private static final Pattern MAYBE_TYPE = Pattern.compile("@?([A-Z][A-Za-z0-9]+)(\\b.*)?");

	private static final Pattern DECLARATION = Pattern
		.compile("(?m)^(?:[\\w-]+ )*(?:class|interface|@interface|enum|record) (\\w+)");

	private static final Pattern PUBLIC = Pattern
		.compile("(?m)^public (?:[\\w-]+ )*(?:class|interface|@interface|enum|record) (\\w+)");

	private static final Pattern EVENT = Pattern.compile("public (?:final|non-sealed) class (\\w+Event) extends");

	/**
	 * Types of other projects that the documents speak of: those of Java, gRPC, Spring,
	 * Reactor, Kotlin's and Reactor's generators, the Go library and RSocket.
	 */
	private static final Set<String> FOREIGN = Set.of("AbstractInteropTest", "AbstractStub",
			"AuthenticationProcessInterceptor", "BindableService", "CallCredentials", "CompletableFuture",
			"ConcurrentMap", "EndpointRequest", "ContextPropagatingTaskDecorator", "ContextRegistry",
			"GlobalClientInterceptor", "GlobalServerInterceptor", "GrpcAdvice", "GrpcChannelFactory", "GrpcSecurity",
			"GrpcServerExecutorProvider", "GrpcService", "IllegalArgumentException", "IllegalStateException",
			"ImportGrpcClients", "JdkFlowAdapter", "MockitoBean", "ObjectProvider", "SecurityContextHolder",
			"ServerBuilder", "ServerBuilderCustomizer", "ServerInterceptor", "SpringBootTest", "StreamObserver",
			"StubFactory", "CoroutineStubFactory", "ReactorStubFactory", "UserDetailsService", "ConnectMapping",
			"MessageMapping", "RSocketConnector", "RSocketRequester", "ClientFromContext", "GracefulStop", "NextProtos",
			"ServeClientService", "NamerGrpc", "NamerGrpcKt", "NamerBlockingStub", "NamerBlockingV2Stub",
			"ReactorNamerGrpc");

	/**
	 * Public because the service loader wants it.
	 */
	private static final Set<String> NOT_FOR_APPLICATIONS = Set.of("AddressListResolverProvider");

	private static final PropertyMetadata METADATA = new PropertyMetadata();

	private static final Set<String> DECLARED = names(DECLARATION, Project.sources());

	private static final String MAIN = String.join("", Project.mainSources());

	private static final Set<String> DOCUMENTED = Project.read("docs/configuration.md")
		.lines()
		.map(ROW::matcher)
		.filter(Matcher::find)
		.map((row) -> row.group(1))
		.collect(Collectors.toSet());

	@ParameterizedTest
	@MethodSource
	void aPropertyThatIsNamedExists(Block span) {
		Matcher matcher = PROPERTY.matcher(span.text());
		assertThat(matcher.matches()).isTrue();
		String name = matcher.group(1).replaceFirst("\\.\\*$", "").replace('*', 'x');
		assertThat(isProperty(name)).as("%s: the property %s exists", span, name).isTrue();
	}

	static Stream<Block> aPropertyThatIsNamedExists() {
		return spans().filter((span) -> PROPERTY.matcher(span.text()).matches());
	}

	private static boolean isProperty(String name) {
		if (name.startsWith("sample.")) {
			return new ShellExamples().isSampleProperty(name);
		}
		if (name.startsWith("brpc.")) {
			return DOCUMENTED.stream().anyMatch((known) -> known.equals(name) || known.startsWith(name + "."))
					|| isConstant(name);
		}
		return METADATA.knows(name) || isConstant(name);
	}

	/**
	 * Tells whether it is a key that the code names: of the log context, of observations,
	 * or of a property that brpc sets rather than reads.
	 */
	private static boolean isConstant(String name) {
		return MAIN.contains("\"" + name + "\"");
	}

	@ParameterizedTest
	@EnumSource
	void aCloseCodeIsInTheWireDocument(CloseCode code) {
		assertThat(codeRows()).contains(code.toString());
	}

	@Test
	void theWireDocumentHasNoOtherCloseCodes() {
		assertThat(codeRows()).hasSize(CloseCode.values().length);
	}

	private static List<String> codeRows() {
		return CODE_ROW.matcher(Project.read("docs/wire.md"))
			.results()
			.map((row) -> row.group(2) + " (" + row.group(1) + ")")
			.toList();
	}

	@Test
	void aCloseCodeIsWrittenAsItIs() {
		List<String> codes = Stream.of(CloseCode.values()).map(CloseCode::toString).toList();
		assertThat(Project.documents())
			.flatExtracting((document) -> CODE.matcher(String.join("\n", document.lines()))
				.results()
				.map(MatchResult::group)
				.toList())
			.isNotEmpty()
			.isSubsetOf(codes);
	}

	@Test
	void everyEventIsNamed() {
		assertThat(names(EVENT, Project.mainSources())).isNotEmpty().isSubsetOf(namedTypes());
	}

	@ParameterizedTest
	@MethodSource
	void aTypeThatIsNamedExists(Block span) {
		Matcher matcher = TYPE.matcher(span.text());
		assertThat(matcher.matches()).isTrue();
		String name = matcher.group(1);
		assertThat(DECLARED.contains(name) || FOREIGN.contains(name)).as("%s: there is a type %s", span, name).isTrue();
	}

	static Stream<Block> aTypeThatIsNamedExists() {
		return spans().filter((span) -> TYPE.matcher(span.text()).matches());
	}

	@Test
	void everyTypeForApplicationsIsNamed() {
		List<String> sources = Project.mainSources()
			.stream()
			.filter((source) -> !source.contains("package io.brpc.internal")
					&& !source.contains("package io.brpc.sample"))
			.filter((source) -> !source.contains("@AutoConfiguration") && !source.contains(".observability;"))
			.toList();
		Set<String> types = names(PUBLIC, sources);
		types.removeAll(NOT_FOR_APPLICATIONS);
		types.removeAll(namedTypes());
		assertThat(types).as("public types that no document names").isEmpty();
	}

	private static Set<String> namedTypes() {
		Set<String> named = new TreeSet<>();
		spans().map((span) -> MAYBE_TYPE.matcher(span.text()))
			.filter(Matcher::matches)
			.forEach((type) -> named.add(type.group(1)));
		return named;
	}

	/**
	 * Returns what stands in documents about what is, rather than in the list of what was
	 * changed.
	 */
	private static Stream<Block> spans() {
		return Project.documents()
			.stream()
			.filter((document) -> !document.path().equals("CHANGELOG.md"))
			.flatMap((document) -> document.spans().stream());
	}

	private static Set<String> names(Pattern pattern, List<String> sources) {
		return sources.stream()
			.flatMap((source) -> pattern.matcher(source).results())
			.map((match) -> match.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
