package io.brpc.spring.boot.autoconfigure.observability;

import java.util.Locale;

import io.micrometer.common.KeyValue;

/**
 * Which way over a brpc connection a call runs, as its observation says.
 */
enum CallDirection {

	/**
	 * From the client to the server.
	 */
	FORWARD,

	/**
	 * From the server to the client.
	 */
	REVERSE,

	/**
	 * Not over a brpc connection.
	 */
	NONE;

	/**
	 * The key of observations and of the meters that are made of them.
	 */
	static final String KEY = "brpc.direction";

	KeyValue keyValue() {
		return KeyValue.of(KEY, name().toLowerCase(Locale.ROOT));
	}

}
