package io.brpc.benchmark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Builds the benchmark's Go programs with the {@code go} on the path. Immutable.
 *
 * @param directory where they go
 */
record GoPrograms(Path directory) {

	/**
	 * The first build downloads modules and compiles them all.
	 */
	private static final long BUILD_MINUTES = 5;

	static boolean available() {
		return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
			.anyMatch((directory) -> new File(directory, "go").canExecute());
	}

	/**
	 * Builds one.
	 * @param sources its directory
	 * @return the program
	 * @throws IOException if it can't be built
	 */
	Path build(Path sources) throws IOException {
		Path program = this.directory.resolve("go-" + sources.getFileName()).toAbsolutePath();
		Path log = this.directory.resolve("go-build.log").toAbsolutePath();
		Process build = new ProcessBuilder("go", "build", "-mod=readonly", "-buildvcs=false", "-o", program.toString(),
				".")
			.directory(sources.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		try {
			if (!build.waitFor(BUILD_MINUTES, TimeUnit.MINUTES) || build.exitValue() != 0) {
				build.destroyForcibly();
				throw new IOException("go build failed: " + Files.readString(log));
			}
			return program;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
	}

}
