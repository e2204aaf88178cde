package io.brpc.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The files of the project, as they were checked out. Immutable.
 */
final class Project {

	static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private Project() {
	}

	/**
	 * Returns what users and contributors read: README, contributing and {@code docs}.
	 */
	static List<Document> documents() {
		return files(ROOT, 2, (path) -> path.toString().endsWith(".md"))
			.filter((path) -> path.getParent().equals(ROOT) || path.getParent().equals(ROOT.resolve("docs")))
			.map(Document::read)
			.toList();
	}

	/**
	 * Returns the sources that the build compiles, of all modules.
	 */
	static List<String> sources() {
		return sources("src");
	}

	/**
	 * Returns the sources of what is published or run, of all modules.
	 */
	static List<String> mainSources() {
		return sources("src/main/java");
	}

	private static List<String> sources(String directory) {
		return modules().stream()
			.map((module) -> module.resolve(directory))
			.filter(Files::isDirectory)
			.flatMap((sources) -> files(sources, Integer.MAX_VALUE, (path) -> path.toString().endsWith(".java")))
			.map(Project::read)
			.toList();
	}

	static List<Path> modules() {
		return files(ROOT, 2, (path) -> path.endsWith("pom.xml")).map(Path::getParent)
			.filter((path) -> !path.equals(ROOT))
			.toList();
	}

	/**
	 * Tells whether some module has a test class of a simple name, in which a star stands
	 * for any letters.
	 */
	static boolean hasTest(String name) {
		String file = name.replace("*", ".*") + "\\.java";
		return modules().stream()
			.map((module) -> module.resolve("src/test/java"))
			.filter(Files::isDirectory)
			.anyMatch((tests) -> files(tests, Integer.MAX_VALUE, (path) -> path.getFileName().toString().matches(file))
				.findAny()
				.isPresent());
	}

	static boolean isModule(String name) {
		return Files.exists(ROOT.resolve(name).resolve("pom.xml"));
	}

	static String read(String path) {
		return read(ROOT.resolve(path));
	}

	static String read(Path path) {
		try {
			return Files.readString(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Stream<Path> files(Path root, int depth, Predicate<Path> wanted) {
		try (Stream<Path> paths = Files.walk(root, depth)) {
			return paths.filter(wanted).sorted().toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
