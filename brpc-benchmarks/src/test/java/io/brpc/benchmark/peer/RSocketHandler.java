package io.brpc.benchmark.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.brpc.testing.proto.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.rsocket.RSocket;
import io.rsocket.util.ByteBufPayload;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What RSocket serves at either end: the messages of gRPC's service. Immutable.
 */
final class RSocketHandler implements RSocket {

	private final @Nullable RSocketCaller back;

	/**
	 * Makes a handler.
	 * @param back what calls the calling end back; null if nobody is called back
	 */
	RSocketHandler(@Nullable RSocketCaller back) {
		this.back = back;
	}

	@Override
	public Mono<io.rsocket.Payload> requestResponse(io.rsocket.Payload message) {
		Payload request = read(message);
		if (request.getCount() == 0) {
			return Mono.just(write(request));
		}
		if (this.back == null) {
			return Mono.error(new IllegalStateException("nobody to call back"));
		}
		Payload question = Payload.newBuilder().setData(request.getData()).build();
		return this.back.ask(question).map((answer) -> write(Payload.newBuilder().setData(answer.getData()).build()));
	}

	@Override
	public Flux<io.rsocket.Payload> requestStream(io.rsocket.Payload message) {
		Payload request = read(message);
		Payload answer = Payload.newBuilder().setData(request.getData()).build();
		return Flux.range(0, request.getCount()).map((number) -> write(answer));
	}

	/**
	 * Reads a message and releases it.
	 */
	static Payload read(io.rsocket.Payload message) {
		try {
			ByteBuf data = message.sliceData();
			return Payload.parseFrom(ByteString.copyFrom(data.nioBuffer()));
		}
		catch (InvalidProtocolBufferException ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			message.release();
		}
	}

	static io.rsocket.Payload write(Payload message) {
		return ByteBufPayload.create(Unpooled.wrappedBuffer(message.toByteArray()));
	}

}
