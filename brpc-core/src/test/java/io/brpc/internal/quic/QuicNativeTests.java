package io.brpc.internal.quic;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class QuicNativeTests {

	@ParameterizedTest
	@CsvSource({ "Linux, amd64, linux-x86_64", "Linux, aarch64, linux-aarch_64", "Mac OS X, aarch64, osx-aarch_64",
			"Mac OS X, x86_64, osx-x86_64", "Windows 11, amd64, windows-x86_64" })
	void namesTheArtifactOfThePlatform(String osName, String osArch, String classifier) {
		assertThat(QuicNative.classifier(osName, osArch)).isEqualTo(classifier);
	}

}
