package io.brpc.internal.brpc2;

import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;

/**
 * The way that a call has come. Event-loop confined.
 */
interface InboundRoute {

	/**
	 * Tells whether the call has a stream of its own, on which headers and messages go
	 * ahead of the answer.
	 * @return whether
	 */
	boolean isOwn();

	/**
	 * Sends initial metadata, on an own stream.
	 * @param headers the metadata
	 */
	void sendHeaders(Encoded headers);

	/**
	 * Sends a message, on an own stream.
	 * @param payload the message, whose bytes are in the session's budget
	 */
	void sendMessage(Payload payload);

	/**
	 * Ends the call. Nothing is sent behind it.
	 * @param answer how
	 */
	void answer(Answer answer);

	/**
	 * Does something when the messages so far have been sent, unless the call is answered
	 * before.
	 * @param what what to do
	 */
	void behindMessages(Runnable what);

	/**
	 * Lets the caller send more, because the handler has taken what it sent, on an own
	 * stream.
	 * @param bytes how much more
	 */
	void grant(long bytes);

}
