package io.brpc.benchmark.peer;

import java.util.Map;
import java.util.TreeMap;

import javax.net.ssl.SSLSession;

/**
 * Settings that are the same for every product that is compared fairly. Not instantiable.
 */
final class TlsSettings {

	private TlsSettings() {
	}

	/**
	 * Returns the settings of an end with one event loop that runs the handlers too.
	 * @param session of one of its connections
	 * @return names and values
	 */
	static Map<String, String> of(SSLSession session) {
		Map<String, String> settings = new TreeMap<>();
		settings.put("tls", session.getProtocol());
		settings.put("cipher", session.getCipherSuite());
		settings.put("loops", "1");
		settings.put("handlers", "direct");
		return settings;
	}

}
