package io.brpc;

/**
 * The contract of calls from the server to the client.
 */
class ReverseCallTests extends CallContract {

	ReverseCallTests() {
		super(Way.REVERSE);
	}

}
