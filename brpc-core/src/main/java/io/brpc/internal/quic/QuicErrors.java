package io.brpc.internal.quic;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.brpc.CloseReason;
import io.brpc.CloseReason.Origin;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicTransportError;
import javax.net.ssl.SSLException;

/**
 * Puts QUIC's and TLS's errors into words. Not instantiable.
 */
final class QuicErrors {

	private QuicErrors() {
	}

	/**
	 * Describes a CONNECTION_CLOSE frame (RFC 9000, section 19.19).
	 * @param event what the peer sent
	 * @param offered the ALPN protocols of this end
	 * @return the reason
	 */
	static CloseReason closedByPeer(QuicConnectionCloseEvent event, List<String> offered) {
		String text = reasonPhrase(event);
		if (event.isApplicationClose()) {
			return CloseReason.remote(event.error(), text);
		}
		String what = event.isTlsError() ? tlsAlert(QuicConnectionCloseEvent.extractTlsError(event.error()), offered)
				: transportError(event.error());
		return new CloseReason(Origin.REMOTE, "refused by the peer: " + what + (text.isEmpty() ? "" : ", " + text));
	}

	/**
	 * Describes an exception and its causes in one line.
	 * @param failure the exception
	 * @param offered the ALPN protocols of this end
	 * @return messages, outermost first; class names where there is no message
	 */
	static String describe(Throwable failure, List<String> offered) {
		if (failure instanceof SSLException) {
			return tlsFailure(String.valueOf(failure.getMessage()), offered);
		}
		StringBuilder words = new StringBuilder();
		String last = "";
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String message = (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName();
			if (!last.contains(message)) {
				words.append(words.isEmpty() ? "" : ": ").append(message);
			}
			last = message;
		}
		return words.toString();
	}

	/**
	 * Puts BoringSSL's errors into words, those that a user can do something about.
	 * @param message such as
	 * {@code error:10000133:SSL routines:OPENSSL_internal:NO_CIPHER}
	 * @param offered the ALPN protocols of this end
	 * @return what is wrong
	 */
	static String tlsFailure(String message, List<String> offered) {
		String error = message.substring(message.lastIndexOf(':') + 1);
		return "TLS handshake failed: " + switch (error) {
			case "NO_APPLICATION_PROTOCOL" ->
				"no common ALPN protocol; the client has to offer one that the server has, of " + offered
						+ " (in Go: NextProtos of its tls.Config)";
			case "PEER_DID_NOT_RETURN_A_CERTIFICATE" ->
				"the client showed no certificate, or has none from an issuer that the server trusts";
			default -> error;
		};
	}

	// reason() throws NullPointerException when the peer gave none.
	private static String reasonPhrase(QuicConnectionCloseEvent event) {
		try {
			return new String(event.reason(), StandardCharsets.UTF_8);
		}
		catch (NullPointerException ex) {
			return "";
		}
	}

	private static String transportError(int code) {
		String number = "QUIC error 0x" + Integer.toHexString(code);
		try {
			return number + " " + QuicTransportError.valueOf(code);
		}
		catch (IllegalArgumentException ex) {
			return number;
		}
	}

	/**
	 * Names a TLS alert (RFC 8446, section 6).
	 * @param alert the number
	 * @param offered the ALPN protocols of this end
	 * @return name, number and, where a user can do something about it, the remedy
	 */
	static String tlsAlert(int alert, List<String> offered) {
		String words = switch (alert) {
			case 40 -> "handshake_failure: no common TLS parameters";
			case 42 -> "bad_certificate";
			case 43 -> "unsupported_certificate";
			case 44 -> "certificate_revoked";
			case 45 -> "certificate_expired";
			case 46 -> "certificate_unknown: the peer does not accept this side's certificate";
			case 48 -> "unknown_ca: the peer does not trust the issuer of this side's certificate";
			case 51 -> "decrypt_error";
			case 80 -> "internal_error";
			case 112 -> "unrecognized_name";
			case 116 -> "certificate_required: the server wants a client certificate";
			case 120 -> "no_application_protocol: no common ALPN protocol, the server has none of " + offered;
			default -> "see RFC 8446, section 6";
		};
		return "TLS alert " + alert + " (" + words + ")";
	}

}
