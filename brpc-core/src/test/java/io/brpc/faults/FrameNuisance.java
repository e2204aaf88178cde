package io.brpc.faults;

import java.util.List;

import io.brpc.testing.Brpc2Frames;
import io.brpc.testing.Payloads;
import io.brpc.testing.proto.Payload;
import io.netty.handler.codec.quic.QuicStreamType;

import static io.brpc.faults.AttackStream.CALL_WINDOW;
import static io.brpc.faults.AttackStream.CLIENT_STREAM;
import static io.brpc.faults.AttackStream.FLOOD;
import static io.brpc.faults.AttackStream.SERVER_STREAM;
import static io.brpc.faults.AttackStream.UNKNOWN_TYPE;
import static io.brpc.faults.AttackStream.control;
import static io.brpc.faults.AttackStream.flood;
import static io.brpc.faults.AttackStream.lane;
import static io.brpc.faults.AttackStream.own;

/**
 * What a peer that speaks brpc/2 may do. Immutable.
 */
@SuppressWarnings("ImmutableEnumChecker")
enum FrameNuisance {

	PINGS(control(flood(Brpc2Frames::ping))),

	UNKNOWN_FRAMES(control(flood((number) -> Brpc2Frames.frame(UNKNOWN_TYPE, new byte[100]))),
			lane(flood((number) -> Brpc2Frames.frame(UNKNOWN_TYPE)))),

	AN_ENDLESS_UNKNOWN_FRAME(control(Brpc2Frames.claim(Long.MAX_VALUE, UNKNOWN_TYPE), new byte[1 << 20])),

	SMALL_CREDIT(control(), own(Brpc2Frames.call(0, 0, CLIENT_STREAM), flood((number) -> Brpc2Frames.credit(0, 1)))),

	MORE_CALLS_THAN_ALLOWED(control(),
			lane(Brpc2Frames.call(0, 1, CLIENT_STREAM), flood((number) -> Brpc2Frames.call(1 + number, 1)))),

	CALLS_OF_NOTHING(control(),
			lane(Brpc2Frames.call(0, 1, "no.Such/Method"), flood((number) -> Brpc2Frames.call(1 + number, 1)))),

	CREDIT_THAT_IS_NEVER_GRANTED(
			new AttackStream(QuicStreamType.UNIDIRECTIONAL,
					(settings) -> Brpc2Frames.control(Brpc2Frames.settings(Brpc2Frames.setting(CALL_WINDOW, 1)))),
			unrequited(0), unrequited(1), unrequited(2), unrequited(3), unrequited(4), unrequited(5));

	private final List<AttackStream> streams;

	FrameNuisance(AttackStream... streams) {
		this.streams = List.of(streams);
	}

	List<AttackStream> streams() {
		return this.streams;
	}

	private static AttackStream unrequited(int number) {
		byte[] request = Payload.newBuilder(Payloads.ofSize(64 << 10)).setCount(FLOOD).build().toByteArray();
		return own(Brpc2Frames.call(number, 0, SERVER_STREAM), Brpc2Frames.message(request), Brpc2Frames.frame(0x14));
	}

}
