package io.brpc;

import java.util.Queue;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;

/**
 * Writes down what the tracers of calls are told by the end that makes them. Safe for use
 * by any thread.
 */
final class ClientTracers extends ClientStreamTracer.Factory {

	private final Queue<String> events;

	ClientTracers(Queue<String> events) {
		this.events = events;
	}

	@Override
	public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
		return new ClientStreamTracer() {
			@Override
			public void streamCreated(Attributes transport, Metadata headers) {
				ClientTracers.this.events.add("created");
			}

			@Override
			public void outboundHeaders() {
				ClientTracers.this.events.add("headers");
			}

			@Override
			public void inboundHeaders(Metadata headers) {
				ClientTracers.this.events.add("in headers");
			}

			@Override
			public void inboundTrailers(Metadata trailers) {
				ClientTracers.this.events.add("trailers");
			}

			@Override
			public void inboundMessage(int number) {
				ClientTracers.this.events.add("in " + number);
			}

			@Override
			public void inboundUncompressedSize(long bytes) {
				ClientTracers.this.events.add("in bytes " + bytes);
			}

			@Override
			public void outboundMessage(int number) {
				ClientTracers.this.events.add("out " + number);
			}

			@Override
			public void outboundUncompressedSize(long bytes) {
				ClientTracers.this.events.add("out bytes " + bytes);
			}

			@Override
			public void streamClosed(Status status) {
				ClientTracers.this.events.add("closed " + status.getCode());
			}
		};
	}

}
