package io.brpc.internal.connection;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

import io.brpc.CallLimits;
import io.brpc.FrameSettings;
import io.brpc.TransportSettings;
import io.brpc.internal.brpc2.CallService;
import io.brpc.internal.brpc2.Encodings;
import io.brpc.internal.brpc2.SessionSettings;
import io.grpc.ServerTransportFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one server or client serves and allows by brpc/2, on all of its connections.
 * Immutable.
 *
 * @param settings what the peer is allowed
 * @param service what is served, and where
 * @param filters have a say in the attributes of calls
 * @param caller makes calls know their connection
 */
record FrameService(SessionSettings settings, CallService service, List<ServerTransportFilter> filters,
		CallerInterceptor caller) {

	private static final Logger logger = LoggerFactory.getLogger(FrameService.class);

	private static final int MIN_METADATA = 1024;

	private static final int MAX_METADATA = 1 << 20;

	/**
	 * Takes what gRPC's server of a server would serve. Its codecs and its limit on
	 * messages also hold for callbacks.
	 * @param transport how connections behave
	 * @param limits on the calls of the peer
	 * @param services what was added to the server's builder
	 * @param caller makes calls know their connection
	 * @param executor runs the application's code
	 * @return what is served
	 */
	static FrameService accepting(TransportSettings transport, CallLimits limits, ServiceRecorder services,
			CallerInterceptor caller, CallExecutor executor) {
		warnOf(services.unkept(), "the server's builder");
		Encodings encodings = new Encodings(services.compressors(), services.compressors(),
				List.of(services.decompressors()));
		return of(transport, limits, services, caller, executor, executor.boundlessAnswers(), encodings,
				services.maxInboundMessageSize(), services.maxInboundMetadataSize());
	}

	/**
	 * Takes what gRPC's server and channel of a client would do.
	 * @param transport how connections behave
	 * @param limits on the calls of the server
	 * @param services what was added to the builder of the server of callbacks
	 * @param channel what the builder of the forward channel was told
	 * @param caller makes calls know their connection
	 * @param executor runs the application's code
	 * @return what is served
	 */
	static FrameService dialing(TransportSettings transport, CallLimits limits, ServiceRecorder services,
			ChannelRecorder channel, CallerInterceptor caller, CallExecutor executor) {
		channel.requireFrames();
		warnOf(channel.unkept(), "the channel's builder");
		warnOf(services.unkept(), "the callbacks' builder");
		Encodings encodings = new Encodings(channel.compressors(), services.compressors(),
				List.of(channel.decompressors(), services.decompressors()));
		return of(transport, limits, services, caller, executor, channel.executorOr(executor.boundlessAnswers()),
				encodings, channel.maxInboundMessageSize(), channel.maxInboundMetadataSize());
	}

	private static void warnOf(Set<String> unkept, String builder) {
		if (!unkept.isEmpty()) {
			logger.warn("{} of {} hold on brpc/1 only", unkept, builder);
		}
	}

	private static FrameService of(TransportSettings transport, CallLimits limits, ServiceRecorder services,
			CallerInterceptor caller, CallExecutor executor, Executor answers, Encodings encodings, int maxAnswer,
			int maxAnswerMetadata) {
		int maxMetadata = Math.max(services.maxInboundMetadataSize(), maxAnswerMetadata);
		int maxRequest = services.maxInboundMessageSize();
		SessionSettings defaults = SessionSettings.defaults();
		FrameSettings frames = transport.frames();
		SessionSettings settings = new SessionSettings(limits.maxConcurrentCalls(), frames.maxLanes(),
				defaults.maxLaneFrame(), Math.max(maxRequest, maxAnswer),
				Math.max(MIN_METADATA, Math.min(maxMetadata, MAX_METADATA)), defaults.maxMethods(),
				transport.maxQueuedBytes(), frames.callWindow(), frames.maxUntakenBytes(), limits.maxResetsPerSecond(),
				transport.maxIdleTimeout(), services.keepAliveTimeOr(transport.keepAliveInterval()));
		ServedCalls calls = new ServedCalls(services.methods(), executor.executor(), services.executorSupplier(),
				answers, encodings, services.tracers(), maxRequest, maxAnswer);
		return new FrameService(settings, calls, services.filters(), caller);
	}

}
