package io.brpc;

/**
 * The contract of the messages of calls from the client to the server.
 */
class ForwardMessageTests extends MessageContract {

	ForwardMessageTests() {
		super(Way.FORWARD);
	}

}
