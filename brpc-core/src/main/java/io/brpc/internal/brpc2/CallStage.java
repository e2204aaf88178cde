package io.brpc.internal.brpc2;

/**
 * How far a call has come on its way to the peer.
 */
enum CallStage {

	/**
	 * The application has not said all that is needed to send it.
	 */
	INCOMPLETE("[not complete]"),

	/**
	 * It waits for the peer's settings, the peer's limit of calls, or a stream.
	 */
	SUBMITTED("[waiting to be sent]"),

	/**
	 * The peer hears of it.
	 */
	SENT("[not answered by the peer]");

	private final String words;

	CallStage(String words) {
		this.words = words;
	}

	/**
	 * Returns what a status says of a call that has come no further.
	 * @return the words
	 */
	String words() {
		return this.words;
	}

}
