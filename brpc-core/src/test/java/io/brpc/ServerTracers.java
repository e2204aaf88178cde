package io.brpc;

import java.util.Queue;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Writes down what the tracers of served calls are told. Safe for use by any thread.
 */
final class ServerTracers extends ServerStreamTracer.Factory {

	private final Queue<String> events;

	ServerTracers(Queue<String> events) {
		this.events = events;
	}

	@Override
	public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
		this.events.add("call");
		return new ServerStreamTracer() {
			@Override
			public void serverCallStarted(ServerCallInfo<?, ?> call) {
				ServerTracers.this.events.add("started " + call.getMethodDescriptor().getFullMethodName());
			}

			@Override
			public void inboundMessage(int number) {
				ServerTracers.this.events.add("in " + number);
			}

			@Override
			public void inboundUncompressedSize(long bytes) {
				ServerTracers.this.events.add("in bytes " + bytes);
			}

			@Override
			public void outboundMessage(int number) {
				ServerTracers.this.events.add("out " + number);
			}

			@Override
			public void outboundUncompressedSize(long bytes) {
				ServerTracers.this.events.add("out bytes " + bytes);
			}

			@Override
			public void streamClosed(Status status) {
				ServerTracers.this.events.add("closed " + status.getCode());
			}
		};
	}

}
