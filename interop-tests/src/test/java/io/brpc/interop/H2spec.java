package io.brpc.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.junit.jupiter.api.Assumptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * The HTTP/2 conformance suite h2spec, a program for Linux on x86-64 that comes packed in
 * a Maven plugin. Elsewhere the test that asks for it is skipped.
 */
final class H2spec {

	private static final Logger logger = LoggerFactory.getLogger(H2spec.class);

	private static final String PACKED = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";

	private static final long LIMIT_MINUTES = 2;

	/**
	 * How long h2spec waits for an answer that it expects.
	 */
	private static final String ANSWER_SECONDS = "1";

	private final Path directory;

	private H2spec(Path directory) {
		this.directory = directory;
	}

	/**
	 * Unpacks the program.
	 * @return the program
	 */
	static H2spec unpack() throws IOException, InterruptedException {
		if (!System.getProperty("os.name").equals("Linux") || !System.getProperty("os.arch").equals("amd64")) {
			String words = "SKIPPED: h2spec comes as a program for Linux on x86-64 only";
			logger.warn(words);
			Assumptions.abort(words);
		}
		Path directory = Files.createDirectories(Path.of("target", "h2spec")).toAbsolutePath();
		Path packed = directory.resolve("h2spec.tar.gz");
		try (InputStream in = H2spec.class.getResourceAsStream(PACKED)) {
			if (in == null) {
				throw new IllegalStateException(PACKED + " is not on the class path");
			}
			Files.write(packed, in.readAllBytes());
		}
		run(directory.resolve("unpack.log"), "tar", "xzf", packed.toString(), "-C", directory.toString());
		return new H2spec(directory);
	}

	/**
	 * Runs against a server.
	 * @param name what to call the report
	 * @param port the server's TCP port on this machine
	 * @param sections which sections; all if empty
	 * @return what came of it
	 */
	Report run(String name, int port, String... sections) throws IOException, InterruptedException {
		Path report = this.directory.resolve(name + ".xml");
		List<String> command = new ArrayList<>(List.of(sections));
		command.add(0, this.directory.resolve("h2spec").toString());
		command.addAll(List.of("-h", "127.0.0.1", "-p", Integer.toString(port), "-o", ANSWER_SECONDS, "-j",
				report.toString()));
		run(this.directory.resolve(name + ".log"), command.toArray(String[]::new));
		return Report.read(report);
	}

	private static void run(Path log, String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
			process.destroyForcibly();
			throw new IllegalStateException(command[0] + " took more than " + LIMIT_MINUTES + " minutes, see " + log);
		}
	}

	/**
	 * What came of a run.
	 *
	 * @param passed the cases that passed, each with its section
	 * @param failed the cases that failed, each with its section
	 */
	record Report(Set<String> passed, Set<String> failed) {

		static Report read(Path file) throws IOException {
			Set<String> passed = new TreeSet<>();
			Set<String> failed = new TreeSet<>();
			NodeList cases = parse(file).getElementsByTagName("testcase");
			for (int i = 0; i < cases.getLength(); i++) {
				Element testCase = (Element) cases.item(i);
				String name = testCase.getAttribute("package") + ": " + testCase.getAttribute("classname");
				boolean ok = testCase.getElementsByTagName("failure").getLength() == 0
						&& testCase.getElementsByTagName("error").getLength() == 0;
				(ok ? passed : failed).add(name);
			}
			return new Report(passed, failed);
		}

		private static Element parse(Path file) throws IOException {
			try {
				// h2spec shows the bytes that it got, such as XML does not have.
				String text = Files.readString(file, StandardCharsets.ISO_8859_1)
					.replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]", "?");
				return DocumentBuilderFactory.newInstance()
					.newDocumentBuilder()
					.parse(new InputSource(new StringReader(text)))
					.getDocumentElement();
			}
			catch (ParserConfigurationException | SAXException ex) {
				throw new IOException("h2spec's report can't be read: " + file, ex);
			}
		}

	}

}
