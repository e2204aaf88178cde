package io.brpc.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.util.JavacTask;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Examples in Java compile: whole classes, an annotation, members of a class, or
 * statements, with the imports and {@link Surroundings} that a reader has to think of.
 * One that is part of a source of this project has been compiled there.
 */
final class JavaExamples implements Examples {

	/**
	 * What an example leaves to the reader.
	 */
	private static final String ELLIPSIS = "{ ... }";

	private static final String IMPORTS = imports("java.security.Principal", "java.time.Duration", "java.util.*",
			"io.brpc.*", "io.brpc.client.*", "io.brpc.server.*", "io.brpc.spring.boot.autoconfigure.*",
			"io.brpc.spring.boot.test.*", "io.brpc.testing.proto.*",
			"io.brpc.testing.proto.NamerGrpc.NamerBlockingStub", "io.grpc.stub.StreamObserver",
			"org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest",
			"org.springframework.boot.test.context.SpringBootTest",
			"org.springframework.boot.test.context.TestConfiguration", "org.springframework.context.annotation.Bean",
			"org.springframework.context.event.EventListener", "org.springframework.grpc.client.ImportGrpcClients",
			"org.springframework.grpc.client.interceptor.security.BearerTokenAuthenticationInterceptor",
			"org.springframework.grpc.server.GlobalServerInterceptor",
			"org.springframework.grpc.server.security.AuthenticationProcessInterceptor",
			"org.springframework.grpc.server.security.GrpcSecurity",
			"org.springframework.grpc.server.service.GrpcService",
			"org.springframework.security.authentication.UsernamePasswordAuthenticationToken",
			"org.springframework.security.config.annotation.web.builders.HttpSecurity",
			"org.springframework.security.web.SecurityFilterChain",
			"static org.springframework.security.config.Customizer.withDefaults",
			"static org.springframework.security.core.authority.AuthorityUtils.createAuthorityList");

	private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

	/**
	 * Reads the class path once for all examples.
	 */
	private final StandardJavaFileManager files = this.compiler.getStandardFileManager(null, Locale.ROOT, null);

	private final List<String> compiled = Project.sources()
		.stream()
		.map((source) -> source.replace("\t", "    "))
		.toList();

	@Override
	public void check(Block block) {
		if (this.compiled.stream().anyMatch((source) -> source.contains(block.text()))) {
			return;
		}
		String code = block.text().replace(ELLIPSIS, "{ throw new UnsupportedOperationException(); }");
		Shape shape = shapeOf(block, code);
		assertThat(problems(block, shape.source(code), true)).as("%s, taken for %s", block, shape)
			.filteredOn((problem) -> !shape.leavesFieldsOpen() || !problem.startsWith(Shape.OPEN_FIELD))
			.isEmpty();
	}

	private Shape shapeOf(Block block, String code) {
		for (Shape shape : Shape.values()) {
			if (problems(block, shape.source(code), false).isEmpty()) {
				return shape;
			}
		}
		return Shape.CLASSES;
	}

	private List<String> problems(Block block, String source, boolean analyze) {
		DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
		try {
			JavacTask task = (JavacTask) this.compiler.getTask(null, this.files, problems, List.of("-proc:none",
					"-Xlint:deprecation,removal", "-classpath", System.getProperty("java.class.path")), null,
					List.of(new Source(source)));
			task.parse();
			if (analyze) {
				task.analyze();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return problems.getDiagnostics()
			.stream()
			.filter((problem) -> problem.getKind() != Diagnostic.Kind.NOTE)
			.map((problem) -> problem.getCode() + " " + block.place(problem.getLineNumber() - 1) + " "
					+ problem.getMessage(Locale.ROOT))
			.toList();
	}

	private static String imports(String... names) {
		return "package io.brpc.documentation; import " + String.join("; import ", names) + "; ";
	}

	/**
	 * What an example is a piece of: the first that it parses as. The code begins in the
	 * second line of its source, as it does in its document.
	 */
	private enum Shape {

		CLASSES("", ""), ANNOTATION("", "class Annotated { }"), MEMBERS("class Example extends Surroundings {", "}"),
		STATEMENTS("class Example extends Surroundings { void run() throws Exception {", "} }");

		static final String OPEN_FIELD = "compiler.err.var.not.initialized.in.default.constructor";

		private final String before;

		private final String after;

		Shape(String before, String after) {
			this.before = before;
			this.after = after;
		}

		String source(String code) {
			return IMPORTS + this.before + "\n" + code + this.after;
		}

		/**
		 * Tells whether a final field may be without a constructor that sets it.
		 */
		boolean leavesFieldsOpen() {
			return this == MEMBERS;
		}

	}

	private static final class Source extends SimpleJavaFileObject {

		private final String content;

		Source(String content) {
			super(URI.create("example:///Example.java"), Kind.SOURCE);
			this.content = content;
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.content;
		}

	}

}
