package io.brpc;

/**
 * The contract of calls from the client to the server.
 */
class ForwardCallTests extends CallContract {

	ForwardCallTests() {
		super(Way.FORWARD);
	}

}
