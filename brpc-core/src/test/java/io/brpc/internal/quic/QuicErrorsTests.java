package io.brpc.internal.quic;

import java.io.IOException;

import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class QuicErrorsTests {

	@Test
	void causesAreToldOnceAndInOrder() {
		Exception cause = new IllegalStateException("inner");
		assertThat(QuicErrors.describe(new IOException("outer", cause))).isEqualTo("outer: inner");
		assertThat(QuicErrors.describe(new IOException("outer says: inner", cause))).isEqualTo("outer says: inner");
	}

	@Test
	void exceptionWithoutMessageIsNamed() {
		assertThat(QuicErrors.describe(new IOException())).isEqualTo("IOException");
	}

	@Test
	void tlsErrorsAreTranslated() {
		assertThat(QuicErrors.describe(
				new SSLHandshakeException("error:10000133:SSL routines:OPENSSL_internal:NO_APPLICATION_PROTOCOL")))
			.startsWith("TLS handshake failed: no common ALPN protocol")
			.contains("NextProtos");
		assertThat(QuicErrors.tlsFailure("error:1:SSL routines:OPENSSL_internal:SOMETHING_ELSE"))
			.isEqualTo("TLS handshake failed: SOMETHING_ELSE");
	}

	@Test
	void alertsHaveNameAndNumber() {
		assertThat(QuicErrors.tlsAlert(120)).startsWith("TLS alert 120 (no_application_protocol");
		assertThat(QuicErrors.tlsAlert(99)).isEqualTo("TLS alert 99 (see RFC 8446, section 6)");
	}

}
