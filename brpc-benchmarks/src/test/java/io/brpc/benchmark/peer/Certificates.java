package io.brpc.benchmark.peer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.brpc.testing.TestCertificates;

/**
 * The files of an authority and of a server's certificate, ECDSA P-256, for all products
 * alike. Immutable.
 *
 * @param directory where they are
 */
public record Certificates(Path directory) {

	/**
	 * Makes them.
	 * @param directory where to put them
	 * @return the files
	 * @throws IOException if they can't be written
	 */
	public static Certificates make(Path directory) throws IOException {
		TestCertificates made = TestCertificates.shared();
		Files.writeString(directory.resolve("ca.pem"), made.authority().getCertificatePEM());
		Files.writeString(directory.resolve("server.pem"), made.server().getCertificatePathPEM());
		Files.writeString(directory.resolve("server.key"), made.server().getPrivateKeyPEM());
		return new Certificates(directory);
	}

	public File authority() {
		return this.directory.resolve("ca.pem").toFile();
	}

	public File server() {
		return this.directory.resolve("server.pem").toFile();
	}

	public File key() {
		return this.directory.resolve("server.key").toFile();
	}

}
