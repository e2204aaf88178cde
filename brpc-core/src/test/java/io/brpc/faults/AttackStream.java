package io.brpc.faults;

import java.io.ByteArrayOutputStream;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

import io.brpc.testing.Brpc2Frames;
import io.brpc.testing.FaultSize;
import io.brpc.testing.Http2Frames;
import io.brpc.testing.proto.ExerciseGrpc;
import io.netty.handler.codec.quic.QuicStreamType;

/**
 * A stream of brpc/2 that an attacker opens. Immutable.
 *
 * @param type its type
 * @param bytes what it carries, by the SETTINGS of the attacker's end
 */
record AttackStream(QuicStreamType type, UnaryOperator<byte[]> bytes) {

	/** How many frames a flood has. */
	static final int FLOOD = FaultSize.of(5_000, 100_000);

	static final String UNARY = ExerciseGrpc.getUnaryMethod().getFullMethodName();

	static final String CLIENT_STREAM = ExerciseGrpc.getClientStreamMethod().getFullMethodName();

	static final String SERVER_STREAM = ExerciseGrpc.getServerStreamMethod().getFullMethodName();

	/** The type of a frame that nobody knows. */
	static final int UNKNOWN_TYPE = 0x7f;

	/** The id of a setting. */
	static final int CALL_WINDOW = 9;

	static byte[] flood(IntFunction<byte[]> frames) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (int i = 0; i < FLOOD; i++) {
			all.writeBytes(frames.apply(i));
		}
		return all.toByteArray();
	}

	static AttackStream control(byte[]... frames) {
		return new AttackStream(QuicStreamType.UNIDIRECTIONAL,
				(settings) -> Http2Frames.join(Brpc2Frames.control(settings), Http2Frames.join(frames)));
	}

	static AttackStream lane(byte[]... frames) {
		byte[] bytes = Brpc2Frames.lane(frames);
		return new AttackStream(QuicStreamType.BIDIRECTIONAL, (settings) -> bytes);
	}

	static AttackStream own(byte[]... frames) {
		byte[] bytes = Brpc2Frames.own(frames);
		return new AttackStream(QuicStreamType.BIDIRECTIONAL, (settings) -> bytes);
	}

}
