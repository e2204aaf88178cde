package io.brpc.internal.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import io.brpc.TransportSettings;
import io.grpc.BinaryLog;
import io.grpc.BindableService;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ForwardingServerBuilder;
import io.grpc.HandlerRegistry;
import io.grpc.ServerBuilder;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import org.jspecify.annotations.Nullable;

/**
 * Takes down what is added to the builder of a gRPC server, and passes it on, so that
 * calls which do not come by gRPC's transport can be served alike.
 * <p>
 * Not safe for use by several threads, like any builder.
 */
public final class ServiceRecorder extends ForwardingServerBuilder<ServiceRecorder> {

	private static final int DEFAULT_MAX_MESSAGE_SIZE = 4 << 20;

	private static final int DEFAULT_MAX_METADATA_SIZE = 8 << 10;

	/**
	 * From which on gRPC takes a time for no limit.
	 */
	private static final Duration ENDLESS = Duration.ofDays(1000);

	private final ServerBuilder<?> builder;

	private final List<ServerServiceDefinition> services = new ArrayList<>();

	private final List<ServerInterceptor> interceptors = new ArrayList<>();

	private final List<ServerTransportFilter> filters = new ArrayList<>();

	private final List<ServerStreamTracer.Factory> tracers = new ArrayList<>();

	private @Nullable HandlerRegistry fallback;

	private @Nullable BinaryLog binaryLog;

	private @Nullable ServerCallExecutorSupplier executorSupplier;

	private CompressorRegistry compressors = CompressorRegistry.getDefaultInstance();

	private DecompressorRegistry decompressors = DecompressorRegistry.getDefaultInstance();

	private final Set<String> unkept = new TreeSet<>();

	private @Nullable Duration keepAliveTime;

	private @Nullable Duration maxConnectionAge;

	private @Nullable Duration maxConnectionAgeGrace;

	private int maxInboundMessageSize = DEFAULT_MAX_MESSAGE_SIZE;

	private int maxInboundMetadataSize = DEFAULT_MAX_METADATA_SIZE;

	/**
	 * Begins, before anything was added.
	 * @param builder the builder that everything is passed on to
	 */
	public ServiceRecorder(ServerBuilder<?> builder) {
		this.builder = builder;
	}

	@Override
	protected ServerBuilder<?> delegate() {
		return this.builder;
	}

	@Override
	public ServiceRecorder addService(ServerServiceDefinition service) {
		this.services.add(service);
		return super.addService(service);
	}

	/**
	 * Binds the service once, for all calls, however they come.
	 */
	@Override
	public ServiceRecorder addService(BindableService service) {
		return addService(service.bindService());
	}

	@Override
	public ServiceRecorder intercept(ServerInterceptor interceptor) {
		this.interceptors.add(interceptor);
		return super.intercept(interceptor);
	}

	@Override
	public ServiceRecorder addTransportFilter(ServerTransportFilter filter) {
		this.filters.add(filter);
		return super.addTransportFilter(filter);
	}

	@Override
	public ServiceRecorder addStreamTracerFactory(ServerStreamTracer.Factory factory) {
		this.tracers.add(factory);
		return super.addStreamTracerFactory(factory);
	}

	@Override
	public ServiceRecorder fallbackHandlerRegistry(@Nullable HandlerRegistry fallback) {
		this.fallback = fallback;
		return super.fallbackHandlerRegistry(fallback);
	}

	@Override
	public ServiceRecorder setBinaryLog(BinaryLog binaryLog) {
		this.binaryLog = binaryLog;
		return super.setBinaryLog(binaryLog);
	}

	@Override
	public ServiceRecorder callExecutor(ServerCallExecutorSupplier supplier) {
		this.executorSupplier = supplier;
		return super.callExecutor(supplier);
	}

	@Override
	public ServiceRecorder compressorRegistry(@Nullable CompressorRegistry registry) {
		this.compressors = (registry != null) ? registry : CompressorRegistry.getDefaultInstance();
		return super.compressorRegistry(registry);
	}

	@Override
	public ServiceRecorder decompressorRegistry(@Nullable DecompressorRegistry registry) {
		this.decompressors = (registry != null) ? registry : DecompressorRegistry.getDefaultInstance();
		return super.decompressorRegistry(registry);
	}

	@Override
	public ServiceRecorder keepAliveTime(long time, TimeUnit unit) {
		super.keepAliveTime(time, unit);
		Duration asked = Duration.of(time, unit.toChronoUnit());
		this.keepAliveTime = (asked.compareTo(TransportSettings.MIN_KEEP_ALIVE_INTERVAL) < 0)
				? TransportSettings.MIN_KEEP_ALIVE_INTERVAL : asked;
		return this;
	}

	@Override
	public ServiceRecorder keepAliveTimeout(long timeout, TimeUnit unit) {
		this.unkept.add("keepAliveTimeout");
		return super.keepAliveTimeout(timeout, unit);
	}

	@Override
	public ServiceRecorder maxConnectionIdle(long time, TimeUnit unit) {
		this.unkept.add("maxConnectionIdle");
		return super.maxConnectionIdle(time, unit);
	}

	/**
	 * Not passed on: gRPC knows one of the two streams of brpc/1, and none of brpc/2.
	 */
	@Override
	public ServiceRecorder maxConnectionAge(long time, TimeUnit unit) {
		requirePositive("maxConnectionAge", time);
		this.maxConnectionAge = Duration.of(time, unit.toChronoUnit());
		return this;
	}

	/**
	 * Not passed on, as {@link #maxConnectionAge}.
	 */
	@Override
	public ServiceRecorder maxConnectionAgeGrace(long time, TimeUnit unit) {
		requirePositive("maxConnectionAgeGrace", time);
		this.maxConnectionAgeGrace = Duration.of(time, unit.toChronoUnit());
		return this;
	}

	@Override
	public ServiceRecorder maxInboundMessageSize(int bytes) {
		super.maxInboundMessageSize(bytes);
		this.maxInboundMessageSize = bytes;
		return this;
	}

	@Override
	public ServiceRecorder maxInboundMetadataSize(int bytes) {
		super.maxInboundMetadataSize(bytes);
		this.maxInboundMetadataSize = bytes;
		return this;
	}

	private static void requirePositive(String name, long time) {
		if (time <= 0) {
			throw new IllegalArgumentException(name + " is " + time + ", more than zero");
		}
	}

	CompressorRegistry compressors() {
		return this.compressors;
	}

	DecompressorRegistry decompressors() {
		return this.decompressors;
	}

	/**
	 * Returns after how much silence the peer is asked for a sign of life.
	 * @param unless what holds if the application has not said it
	 * @return the time
	 */
	Duration keepAliveTimeOr(Duration unless) {
		Duration time = this.keepAliveTime;
		return (time != null && time.compareTo(ENDLESS) < 0) ? time : unless;
	}

	/**
	 * Returns how long connections may live.
	 * @param drainTimeout how long a drain may take if the application has not said it
	 * @return the limit, or null for as long as they like
	 */
	@Nullable ConnectionAge maxAge(Duration drainTimeout) {
		Duration limit = this.maxConnectionAge;
		if (limit == null || limit.compareTo(ENDLESS) >= 0) {
			return null;
		}
		Duration grace = this.maxConnectionAgeGrace;
		return new ConnectionAge(limit, (grace != null && grace.compareTo(ENDLESS) < 0) ? grace : drainTimeout);
	}

	@Nullable ServerCallExecutorSupplier executorSupplier() {
		return this.executorSupplier;
	}

	/**
	 * Returns who is told what becomes of calls, as of now.
	 * @return the factories, in the order in which they are asked
	 */
	List<ServerStreamTracer.Factory> tracers() {
		return List.copyOf(this.tracers);
	}

	/**
	 * Returns what was asked for that holds for gRPC's own transport only.
	 * @return names of the builder's methods
	 */
	Set<String> unkept() {
		return this.unkept;
	}

	int maxInboundMessageSize() {
		return this.maxInboundMessageSize;
	}

	int maxInboundMetadataSize() {
		return this.maxInboundMetadataSize;
	}

	/**
	 * Returns what is served, as of now.
	 * @return the methods with all that goes with their calls
	 */
	ServedMethods methods() {
		return new ServedMethods(this.services, this.fallback, this.interceptors, this.binaryLog);
	}

	/**
	 * Returns what has a say in the attributes of a transport, as of now.
	 * @return the filters, in the order in which they are asked
	 */
	List<ServerTransportFilter> filters() {
		return List.copyOf(this.filters);
	}

}
