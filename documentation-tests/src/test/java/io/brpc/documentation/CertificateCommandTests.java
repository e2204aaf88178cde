package io.brpc.documentation;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.ssl.SslBundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The commands of {@code docs/getting-started.md} that make certificates are run, and the
 * SSL bundles beside them use what they leave.
 */
class CertificateCommandTests {

	private static final List<Block> BLOCKS = Document.read(Project.ROOT.resolve("docs/getting-started.md")).blocks();

	@TempDir
	static Path directory;

	@BeforeAll
	static void run() throws Exception {
		assumeTrue(run("command -v openssl") == 0, "there is no openssl");
		List<Block> commands = BLOCKS.stream()
			.filter((block) -> block.language().equals("sh") && block.text().contains("openssl"))
			.toList();
		assertThat(commands).hasSize(1);
		assertThat(run(commands.get(0).text())).as(commands.get(0).toString()).isZero();
	}

	private static int run(String commands) throws IOException, InterruptedException {
		Process process = new ProcessBuilder("sh", "-e", "-c", commands).directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve("commands.log").toFile())
			.start();
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		return process.exitValue();
	}

	@Test
	void theServersBundleHasACertificateThatTheClientsTrusts() throws GeneralSecurityException {
		certificate(bundle("server")).verify(certificateOfTrust(bundle("client")).getPublicKey());
		assertThat(certificate(bundle("server")).getSubjectAlternativeNames())
			.anySatisfy((name) -> assertThat(String.valueOf(name)).isEqualTo("[2, localhost]"));
	}

	@Test
	void theClientsBundleHasACertificateThatTheServersTrusts() throws GeneralSecurityException {
		certificate(bundle("client")).verify(certificateOfTrust(bundle("server")).getPublicKey());
		assertThat(certificate(bundle("client")).getBasicConstraints()).as("no authority").isEqualTo(-1);
	}

	private static SslBundle bundle(String name) {
		Block block = BLOCKS.stream()
			.filter((candidate) -> candidate.text().contains("spring.ssl.bundle.pem." + name + ":"))
			.map((found) -> new Block(found.document(), found.line(), found.language(),
					found.text().replace("file:certs/", "file:" + directory.resolve("certs") + "/")))
			.findFirst()
			.orElseThrow();
		PemSslBundleProperties properties = new Binder(ConfigurationPropertySources.from(YamlExamples.load(block)))
			.bind("spring.ssl.bundle.pem." + name, PemSslBundleProperties.class)
			.get();
		return PropertiesSslBundle.get(properties);
	}

	private static X509Certificate certificate(SslBundle bundle) throws GeneralSecurityException {
		return first(Objects.requireNonNull(bundle.getStores().getKeyStore()));
	}

	private static X509Certificate certificateOfTrust(SslBundle bundle) throws GeneralSecurityException {
		return first(Objects.requireNonNull(bundle.getStores().getTrustStore()));
	}

	private static X509Certificate first(KeyStore store) throws GeneralSecurityException {
		return (X509Certificate) store.getCertificate(store.aliases().nextElement());
	}

}
