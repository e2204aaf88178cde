package io.brpc.internal.quic;

import java.io.IOException;
import java.util.List;

import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class QuicErrorsTests {

	private static final List<String> OFFERED = List.of("brpc/2", "brpc/1");

	@Test
	void causesAreToldOnceAndInOrder() {
		Exception cause = new IllegalStateException("inner");
		assertThat(QuicErrors.describe(new IOException("outer", cause), OFFERED)).isEqualTo("outer: inner");
		assertThat(QuicErrors.describe(new IOException("outer says: inner", cause), OFFERED))
			.isEqualTo("outer says: inner");
	}

	@Test
	void exceptionWithoutMessageIsNamed() {
		assertThat(QuicErrors.describe(new IOException(), OFFERED)).isEqualTo("IOException");
	}

	@Test
	void tlsErrorsAreTranslated() {
		assertThat(QuicErrors.describe(
				new SSLHandshakeException("error:10000133:SSL routines:OPENSSL_internal:NO_APPLICATION_PROTOCOL"),
				OFFERED))
			.startsWith("TLS handshake failed: no common ALPN protocol")
			.contains("of [brpc/2, brpc/1]")
			.contains("NextProtos");
		assertThat(QuicErrors.tlsFailure("error:1:SSL routines:OPENSSL_internal:SOMETHING_ELSE", OFFERED))
			.isEqualTo("TLS handshake failed: SOMETHING_ELSE");
	}

	@Test
	void alertsHaveNameAndNumber() {
		assertThat(QuicErrors.tlsAlert(120, OFFERED)).startsWith("TLS alert 120 (no_application_protocol")
			.contains("none of [brpc/2, brpc/1]");
		assertThat(QuicErrors.tlsAlert(99, OFFERED)).isEqualTo("TLS alert 99 (see RFC 8446, section 6)");
	}

}
