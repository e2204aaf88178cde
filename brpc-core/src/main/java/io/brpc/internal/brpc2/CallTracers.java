package io.brpc.internal.brpc2;

import java.util.ArrayList;
import java.util.List;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.StreamTracer;
import org.jspecify.annotations.Nullable;

/**
 * The stream tracers of one call, at one of its ends. Most calls have none.
 * <p>
 * Messages are told one at a time in each direction, from whichever thread sends or
 * reads; all else is told on the event loop, but for the start of a call to the peer.
 */
final class CallTracers {

	private final List<StreamTracer> tracers;

	private int sent;

	private int received;

	private CallTracers(List<StreamTracer> tracers) {
		this.tracers = tracers;
	}

	/**
	 * Begins to trace a call to the peer.
	 * @param options name the tracers
	 * @param transport the attributes of the connection
	 * @param headers the call's metadata, to which tracers may add
	 * @return null if nobody wants to know
	 */
	static @Nullable CallTracers calling(CallOptions options, Attributes transport, Metadata headers) {
		List<ClientStreamTracer.Factory> factories = options.getStreamTracerFactories();
		if (factories.isEmpty()) {
			return null;
		}
		ClientStreamTracer.StreamInfo info = ClientStreamTracer.StreamInfo.newBuilder().setCallOptions(options).build();
		List<StreamTracer> tracers = new ArrayList<>(factories.size());
		for (ClientStreamTracer.Factory factory : factories) {
			ClientStreamTracer tracer = factory.newClientStreamTracer(info, headers);
			tracer.streamCreated(transport, headers);
			tracers.add(tracer);
		}
		return new CallTracers(tracers);
	}

	/**
	 * Begins to trace a call of the peer.
	 * @param factories the server's
	 * @param method the call's full method name
	 * @param headers the call's metadata
	 * @return null if nobody wants to know
	 */
	static @Nullable CallTracers serving(List<ServerStreamTracer.Factory> factories, String method, Metadata headers) {
		if (factories.isEmpty()) {
			return null;
		}
		List<StreamTracer> tracers = new ArrayList<>(factories.size());
		for (ServerStreamTracer.Factory factory : factories) {
			tracers.add(factory.newServerStreamTracer(method, headers));
		}
		return new CallTracers(tracers);
	}

	/**
	 * Lets the tracers of a served call add to its context.
	 * @param base the context so far
	 * @return the context
	 */
	Context in(Context base) {
		Context context = base;
		for (StreamTracer tracer : this.tracers) {
			if (tracer instanceof ServerStreamTracer server) {
				context = server.filterContext(context);
			}
		}
		return context;
	}

	/**
	 * A served call is about to begin.
	 * @param call the call
	 */
	void started(ServerCall<?, ?> call) {
		ServerStreamTracer.ServerCallInfo<?, ?> info = new CallInfo<>(call);
		for (StreamTracer tracer : this.tracers) {
			if (tracer instanceof ServerStreamTracer server) {
				server.serverCallStarted(info);
			}
		}
	}

	/**
	 * A message was taken to be sent.
	 * @param payload the message
	 */
	void sent(Payload payload) {
		int number = this.sent++;
		int wire = payload.length();
		long plain = payload.plainLength();
		for (StreamTracer tracer : this.tracers) {
			tracer.outboundMessage(number);
			tracer.outboundMessageSent(number, wire, plain);
			tracer.outboundWireSize(wire);
			tracer.outboundUncompressedSize(plain);
		}
	}

	/**
	 * A message has arrived.
	 * @param wire its size as it came, bytes
	 * @param plain its size, decompressed
	 */
	void received(int wire, long plain) {
		int number = this.received++;
		for (StreamTracer tracer : this.tracers) {
			tracer.inboundMessage(number);
			tracer.inboundWireSize(wire);
			tracer.inboundMessageRead(number, wire, plain);
			tracer.inboundUncompressedSize(plain);
		}
	}

	/**
	 * The metadata of a call to the peer are sent.
	 */
	void headersSent() {
		for (StreamTracer tracer : this.tracers) {
			if (tracer instanceof ClientStreamTracer client) {
				client.outboundHeaders();
			}
		}
	}

	/**
	 * The initial metadata of an answer have arrived.
	 * @param headers the metadata
	 */
	void headersReceived(Metadata headers) {
		for (StreamTracer tracer : this.tracers) {
			if (tracer instanceof ClientStreamTracer client) {
				client.inboundHeaders(headers);
			}
		}
	}

	/**
	 * The end of an answer has arrived.
	 * @param trailers its metadata
	 */
	void trailersReceived(Metadata trailers) {
		for (StreamTracer tracer : this.tracers) {
			if (tracer instanceof ClientStreamTracer client) {
				client.inboundTrailers(trailers);
			}
		}
	}

	/**
	 * The call is over. To be told once.
	 * @param status how it ended
	 */
	void closed(Status status) {
		for (StreamTracer tracer : this.tracers) {
			tracer.streamClosed(status);
		}
	}

	/**
	 * What tracers may know of a call.
	 */
	private static final class CallInfo<Q, R> extends ServerStreamTracer.ServerCallInfo<Q, R> {

		private final ServerCall<Q, R> call;

		CallInfo(ServerCall<Q, R> call) {
			this.call = call;
		}

		@Override
		public MethodDescriptor<Q, R> getMethodDescriptor() {
			return this.call.getMethodDescriptor();
		}

		@Override
		public Attributes getAttributes() {
			return this.call.getAttributes();
		}

		@Override
		public @Nullable String getAuthority() {
			return this.call.getAuthority();
		}

	}

}
