package io.brpc.internal.connection;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.grpc.BinaryLog;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.ForwardingChannelBuilder2;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Takes down what the builder of the forward gRPC channel is told, and passes it on, so
 * that calls which do not go by gRPC's transport are made alike.
 * <p>
 * Not safe for use by several threads, like any builder.
 */
public final class ChannelRecorder extends ForwardingChannelBuilder2<ChannelRecorder> {

	private static final int DEFAULT_MAX_MESSAGE_SIZE = 4 << 20;

	private static final int DEFAULT_MAX_METADATA_SIZE = 8 << 10;

	private final ManagedChannelBuilder<?> builder;

	private CompressorRegistry compressors = CompressorRegistry.getDefaultInstance();

	private DecompressorRegistry decompressors = DecompressorRegistry.getDefaultInstance();

	private int maxInboundMessageSize = DEFAULT_MAX_MESSAGE_SIZE;

	private int maxInboundMetadataSize = DEFAULT_MAX_METADATA_SIZE;

	private volatile @Nullable Executor executor;

	private boolean logsBinary;

	private final Set<String> unkept = new TreeSet<>();

	/**
	 * Begins, before the application has said anything.
	 * @param builder the builder that everything is passed on to
	 */
	public ChannelRecorder(ManagedChannelBuilder<?> builder) {
		this.builder = builder;
	}

	@Override
	protected ManagedChannelBuilder<?> delegate() {
		return this.builder;
	}

	@Override
	public ChannelRecorder compressorRegistry(CompressorRegistry registry) {
		this.compressors = registry;
		return super.compressorRegistry(registry);
	}

	@Override
	public ChannelRecorder decompressorRegistry(DecompressorRegistry registry) {
		this.decompressors = registry;
		return super.decompressorRegistry(registry);
	}

	@Override
	public ChannelRecorder maxInboundMessageSize(int bytes) {
		super.maxInboundMessageSize(bytes);
		this.maxInboundMessageSize = bytes;
		return this;
	}

	@Override
	public ChannelRecorder maxInboundMetadataSize(int bytes) {
		super.maxInboundMetadataSize(bytes);
		this.maxInboundMetadataSize = bytes;
		return this;
	}

	@Override
	public ChannelRecorder executor(Executor executor) {
		this.executor = executor;
		return super.executor(executor);
	}

	@Override
	public ChannelRecorder directExecutor() {
		this.executor = CallExecutor.DIRECT;
		return super.directExecutor();
	}

	@Override
	public ChannelRecorder setBinaryLog(BinaryLog binaryLog) {
		this.logsBinary = true;
		return super.setBinaryLog(binaryLog);
	}

	@Override
	public ChannelRecorder keepAliveTime(long time, TimeUnit unit) {
		this.unkept.add("keepAliveTime");
		return super.keepAliveTime(time, unit);
	}

	@Override
	public ChannelRecorder keepAliveTimeout(long timeout, TimeUnit unit) {
		this.unkept.add("keepAliveTimeout");
		return super.keepAliveTimeout(timeout, unit);
	}

	@Override
	public ChannelRecorder retryBufferSize(long bytes) {
		this.unkept.add("retryBufferSize");
		return super.retryBufferSize(bytes);
	}

	@Override
	public ChannelRecorder perRpcBufferLimit(long bytes) {
		this.unkept.add("perRpcBufferLimit");
		return super.perRpcBufferLimit(bytes);
	}

	@Override
	public ChannelRecorder userAgent(String userAgent) {
		this.unkept.add("userAgent");
		return super.userAgent(userAgent);
	}

	@Override
	public ChannelRecorder defaultServiceConfig(@Nullable Map<String, ?> serviceConfig) {
		if (serviceConfig != null && serviceConfig.containsKey("methodConfig")) {
			this.unkept.add("methodConfig of defaultServiceConfig");
		}
		return super.defaultServiceConfig(serviceConfig);
	}

	@Override
	public ManagedChannel build() {
		return this.builder.build();
	}

	/**
	 * Returns what was asked for that holds for gRPC's own transport only.
	 * @return names of the builder's methods
	 */
	Set<String> unkept() {
		return this.unkept;
	}

	CompressorRegistry compressors() {
		return this.compressors;
	}

	DecompressorRegistry decompressors() {
		return this.decompressors;
	}

	int maxInboundMessageSize() {
		return this.maxInboundMessageSize;
	}

	int maxInboundMetadataSize() {
		return this.maxInboundMetadataSize;
	}

	/**
	 * Returns what runs the listeners of calls that name no executor. May be asked by any
	 * thread.
	 * @param unless what does if the application has named none
	 * @return the executor
	 */
	Executor executorOr(Executor unless) {
		Executor executor = this.executor;
		return (executor != null) ? executor : unless;
	}

	/**
	 * Refuses what calls of brpc/2 would not do.
	 * @throws IllegalStateException if there is something
	 */
	void requireFrames() {
		if (this.logsBinary) {
			throw new IllegalStateException("a binary log of the calls to the server would not have those of brpc/2; "
					+ "offer brpc/1 only, or use an interceptor");
		}
	}

}
