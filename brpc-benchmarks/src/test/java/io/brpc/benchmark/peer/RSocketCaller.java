package io.brpc.benchmark.peer;

import io.brpc.testing.proto.Payload;
import io.rsocket.RSocket;
import reactor.core.publisher.Mono;

/**
 * Calls the other end of an RSocket. Immutable.
 */
final class RSocketCaller implements Caller {

	private static final int STREAM_CREDIT = 64;

	private final RSocket socket;

	RSocketCaller(RSocket socket) {
		this.socket = socket;
	}

	Mono<Payload> ask(Payload request) {
		return this.socket.requestResponse(RSocketHandler.write(request)).map(RSocketHandler::read);
	}

	@Override
	public void call(Payload request, Answer answer) {
		ask(request).subscribe((response) -> answer.ended(response.getData().size(), null),
				(failure) -> answer.ended(0, failure));
	}

	@Override
	public void stream(Payload request, Answer answer) {
		long[] bytes = { 0 };
		this.socket.requestStream(RSocketHandler.write(request))
			.limitRate(STREAM_CREDIT)
			.subscribe((message) -> bytes[0] += RSocketHandler.read(message).getData().size(),
					(failure) -> answer.ended(bytes[0], failure), () -> answer.ended(bytes[0], null));
	}

}
