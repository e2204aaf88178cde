package io.brpc.faults;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;

import com.google.protobuf.CodedOutputStream;
import com.sun.management.ThreadMXBean;
import io.brpc.testing.ExerciseService;
import io.brpc.testing.Leaks;
import io.brpc.testing.OnEachWire;
import io.brpc.testing.Peers;
import io.brpc.testing.TestClient;
import io.brpc.testing.TestServer;
import io.brpc.testing.TestWires;
import io.brpc.testing.proto.ExerciseGrpc;
import io.brpc.testing.proto.Payload;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Messages of a mebibyte that decompress to a gibibyte, sent from either end as request
 * and as answer. They are decompressed piece by piece, up to the limit on a message and
 * no further: what all threads allocate meanwhile is a small part of what the sender had
 * in mind.
 */
@ExtendWith(Leaks.class)
@OnEachWire
class CompressionBombTests {

	private static final int GIB = 1 << 30;

	private static final int MEMBER = 16 << 20;

	private static final long MAX_ALLOCATED = 64 << 20;

	private static final byte[] BOMB = bomb();

	private static final CompressorRegistry COMPRESSED_BEFORE = registry();

	private static final MethodDescriptor<byte[], byte[]> METHOD = ExerciseGrpc.getUnaryMethod()
		.toBuilder(new Bytes(), new Bytes())
		.build();

	private static final MethodDescriptor<byte[], Payload> REQUEST_METHOD = ExerciseGrpc.getUnaryMethod()
		.toBuilder(new Bytes(), ExerciseGrpc.getUnaryMethod().getResponseMarshaller())
		.build();

	@RegisterExtension
	final Peers peers = new Peers();

	private final AtomicInteger served = new AtomicInteger();

	@Test
	void requestToTheServer() {
		TestServer server = this.peers.server();
		server.serve(counting());
		TestClient client = this.peers.client(server,
				(builder) -> builder.customizeChannel((channel) -> channel.compressorRegistry(COMPRESSED_BEFORE)));
		assertRequestRefused(assertDefused(() -> send(client.channel())));
		assertThat(this.served).hasValue(0);
	}

	@Test
	void answerToTheClient() {
		TestServer server = this.peers.server((builder) -> builder.compressorRegistry(COMPRESSED_BEFORE));
		server.serve(CompressionBombTests::bombing);
		TestClient client = this.peers.client(server);
		assertAnswerRefused(assertDefused(() -> ask(client.channel())));
	}

	/**
	 * The server's own callback channel compresses as it sends, so this one is smaller.
	 */
	@Test
	void requestToTheClient() {
		TestServer server = this.peers.server();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(counting()));
		Channel channel = server.channelTo(client);
		MethodDescriptor<Integer, Payload> method = ExerciseGrpc.getUnaryMethod()
			.toBuilder(new Zeros(), ExerciseGrpc.getUnaryMethod().getResponseMarshaller())
			.build();
		assertRequestRefused(assertDefused(() -> ClientCalls.blockingUnaryCall(channel, method,
				CallOptions.DEFAULT.withCompression("gzip"), 2 * MEMBER)));
		assertThat(this.served).hasValue(0);
	}

	@Test
	void answerToTheServer() {
		TestServer server = this.peers.server();
		TestClient client = this.peers.client(server, (builder) -> builder.addService(bombing())
			.customizeCallbacks((callbacks) -> callbacks.compressorRegistry(COMPRESSED_BEFORE)));
		Channel channel = server.channelTo(client);
		assertAnswerRefused(assertDefused(() -> ask(channel)));
	}

	private static StatusRuntimeException assertDefused(Runnable call) {
		Map<Long, Long> before = allocatedByEachThread();
		StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call::run);
		long allocated = 0;
		for (Map.Entry<Long, Long> thread : allocatedByEachThread().entrySet()) {
			allocated += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
		}
		assertThat(allocated).as("bytes that all threads allocated").isLessThan(MAX_ALLOCATED);
		return failure;
	}

	/**
	 * On brpc/1, gRPC finds out while it hands a request to the handler, and takes what
	 * it finds for the handler's fault.
	 */
	private static void assertRequestRefused(StatusRuntimeException failure) {
		switch (TestWires.wire()) {
			case BRPC_1 -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
			case BRPC_2 -> assertTooLarge(failure);
		}
	}

	private static void assertAnswerRefused(StatusRuntimeException failure) {
		switch (TestWires.wire()) {
			case BRPC_1 -> {
				assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.CANCELLED);
				assertThat(failure.getStatus().getCause())
					.hasMessage("RESOURCE_EXHAUSTED: Decompressed gRPC message exceeds maximum size 4194304");
			}
			case BRPC_2 -> assertTooLarge(failure);
		}
	}

	private static void assertTooLarge(StatusRuntimeException failure) {
		assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(failure.getStatus().getDescription()).contains("4194304");
	}

	private static void send(Channel channel) {
		ClientCalls.blockingUnaryCall(channel, REQUEST_METHOD, CallOptions.DEFAULT.withCompression("gzip"), BOMB);
	}

	private static void ask(Channel channel) {
		ClientCalls.blockingUnaryCall(channel, ExerciseGrpc.getUnaryMethod(), CallOptions.DEFAULT,
				Payload.getDefaultInstance());
	}

	private ExerciseService counting() {
		return new ExerciseService((request) -> {
			this.served.incrementAndGet();
			return request;
		});
	}

	private static ServerServiceDefinition bombing() {
		return ServerServiceDefinition.builder(ExerciseGrpc.SERVICE_NAME)
			.addMethod(METHOD, ServerCalls.asyncUnaryCall((request, responses) -> {
				((ServerCallStreamObserver<byte[]>) responses).setCompression("gzip");
				responses.onNext(BOMB);
				responses.onCompleted();
			}))
			.build();
	}

	private static Map<Long, Long> allocatedByEachThread() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long[] ids = threads.getAllThreadIds();
		long[] bytes = threads.getThreadAllocatedBytes(ids);
		Map<Long, Long> allocated = new HashMap<>();
		for (int i = 0; i < ids.length; i++) {
			allocated.put(ids[i], Math.max(bytes[i], 0));
		}
		return allocated;
	}

	/**
	 * A {@link Payload} with a gibibyte of zeros as its data, in many members, which is
	 * how gzip lets one repeat oneself (RFC 1952, section 2.2).
	 */
	private static byte[] bomb() {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		all.writeBytes(gzip(header(GIB), MEMBER));
		byte[] zeros = gzip(new byte[0], MEMBER);
		for (int i = 1; i < GIB / MEMBER; i++) {
			all.writeBytes(zeros);
		}
		return all.toByteArray();
	}

	private static byte[] header(int size) {
		try {
			ByteArrayOutputStream header = new ByteArrayOutputStream();
			CodedOutputStream out = CodedOutputStream.newInstance(header);
			out.writeTag(Payload.DATA_FIELD_NUMBER, 2);
			out.writeUInt32NoTag(size);
			out.flush();
			return header.toByteArray();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static byte[] gzip(byte[] header, int zeros) {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream();
		try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
			out.write(header);
			out.write(new byte[zeros]);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return compressed.toByteArray();
	}

	private static CompressorRegistry registry() {
		CompressorRegistry registry = CompressorRegistry.newEmptyInstance();
		registry.register(new Compressor() {
			@Override
			public String getMessageEncoding() {
				return "gzip";
			}

			@Override
			public OutputStream compress(OutputStream out) {
				return out;
			}
		});
		return registry;
	}

	/**
	 * Bytes as they are.
	 */
	private static final class Bytes implements Marshaller<byte[]> {

		@Override
		public InputStream stream(byte[] value) {
			return new ByteArrayInputStream(value);
		}

		@Override
		public byte[] parse(InputStream stream) {
			try {
				return stream.readAllBytes();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	/**
	 * A {@link Payload} with so many zeros as its data, which nobody has in memory.
	 */
	private static final class Zeros implements Marshaller<Integer> {

		@Override
		public InputStream stream(Integer size) {
			return new SequenceInputStream(new ByteArrayInputStream(header(size)), new InputStream() {

				private int left = size;

				@Override
				public int read() {
					return (this.left-- > 0) ? 0 : -1;
				}

				@Override
				public int read(byte[] bytes, int offset, int length) {
					int count = Math.min(length, this.left);
					Arrays.fill(bytes, offset, offset + count, (byte) 0);
					this.left -= count;
					return (count > 0) ? count : -1;
				}

			});
		}

		@Override
		public Integer parse(InputStream stream) {
			throw new UnsupportedOperationException();
		}

	}

}
