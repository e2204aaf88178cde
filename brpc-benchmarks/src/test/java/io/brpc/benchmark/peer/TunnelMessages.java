package io.brpc.benchmark.peer;

import io.brpc.benchmark.proto.Envelope;
import io.brpc.testing.proto.Payload;

/**
 * Envelopes. Not instantiable.
 */
final class TunnelMessages {

	private TunnelMessages() {
	}

	static Envelope request(long number, Envelope.Kind kind, Payload request) {
		return Envelope.newBuilder()
			.setNumber(number)
			.setKind(kind)
			.setData(request.getData())
			.setCount(request.getCount())
			.build();
	}

	static Envelope answer(Envelope request, boolean last) {
		return Envelope.newBuilder()
			.setNumber(request.getNumber())
			.setKind(last ? Envelope.Kind.LAST_ANSWER : Envelope.Kind.ANSWER)
			.setData(request.getData())
			.build();
	}

}
