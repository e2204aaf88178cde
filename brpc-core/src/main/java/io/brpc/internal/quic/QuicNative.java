package io.brpc.internal.quic;

import java.util.Locale;

import io.brpc.QuicUnavailableException;
import io.netty.handler.codec.quic.Quic;

/**
 * The native library. Not instantiable.
 */
final class QuicNative {

	private QuicNative() {
	}

	/**
	 * Checks that it is there.
	 * @throws QuicUnavailableException if it is not, saying what to add
	 */
	static void require() {
		if (!Quic.isAvailable()) {
			throw new QuicUnavailableException(
					"io.netty:netty-codec-native-quic:"
							+ classifier(System.getProperty("os.name", ""), System.getProperty("os.arch", "")),
					Quic.unavailabilityCause());
		}
	}

	/**
	 * Returns the classifier that Netty's artifacts have for a platform.
	 * @param osName the system property {@code os.name}
	 * @param osArch the system property {@code os.arch}
	 * @return such as {@code linux-x86_64}
	 */
	static String classifier(String osName, String osArch) {
		String os = osName.toLowerCase(Locale.ROOT);
		String arch = osArch.toLowerCase(Locale.ROOT);
		String platform = os.startsWith("mac") ? "osx" : os.startsWith("windows") ? "windows" : "linux";
		return platform + (arch.equals("aarch64") || arch.equals("arm64") ? "-aarch_64" : "-x86_64");
	}

}
