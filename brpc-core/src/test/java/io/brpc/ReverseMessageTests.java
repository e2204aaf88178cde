package io.brpc;

/**
 * The contract of the messages of calls from the server to the client.
 */
class ReverseMessageTests extends MessageContract {

	ReverseMessageTests() {
		super(Way.REVERSE);
	}

}
