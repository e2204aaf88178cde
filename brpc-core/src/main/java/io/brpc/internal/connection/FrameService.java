package io.brpc.internal.connection;

import java.util.List;

import io.brpc.CallLimits;
import io.brpc.TransportSettings;
import io.brpc.internal.brpc2.CallService;
import io.brpc.internal.brpc2.SessionSettings;
import io.grpc.ServerTransportFilter;

/**
 * What one server or client serves and allows by brpc/2, on all of its connections.
 * Immutable.
 *
 * @param settings what the peer is allowed
 * @param service what is served, and where
 * @param filters have a say in the attributes of calls
 */
record FrameService(SessionSettings settings, CallService service, List<ServerTransportFilter> filters) {

	private static final int MIN_METADATA = 1024;

	private static final int MAX_METADATA = 1 << 20;

	/**
	 * Takes what gRPC's server would serve.
	 * @param transport how connections behave
	 * @param limits on the calls of the peer
	 * @param services what was added to the server's builder
	 * @param executor runs the application's code
	 * @return what is served
	 */
	static FrameService of(TransportSettings transport, CallLimits limits, ServiceRecorder services,
			CallExecutor executor) {
		SessionSettings defaults = SessionSettings.defaults();
		int maxMetadata = Math.max(MIN_METADATA, Math.min(services.maxInboundMetadataSize(), MAX_METADATA));
		SessionSettings settings = new SessionSettings(limits.maxConcurrentCalls(), defaults.maxLanes(),
				defaults.maxLaneFrame(), services.maxInboundMessageSize(), maxMetadata, defaults.maxMethods(),
				transport.maxQueuedBytes(), transport.maxIdleTimeout(), transport.keepAliveInterval());
		return new FrameService(settings,
				new ServedCalls(services.methods(), executor.executor(), executor.boundlessAnswers()),
				services.filters());
	}

}
