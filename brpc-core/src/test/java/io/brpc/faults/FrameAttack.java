package io.brpc.faults;

import java.util.Collections;
import java.util.List;

import io.brpc.CloseCode;
import io.brpc.testing.Brpc2Frames;
import io.brpc.testing.Http2Frames;
import io.brpc.testing.RawClose;

import static io.brpc.faults.AttackStream.CLIENT_STREAM;
import static io.brpc.faults.AttackStream.UNARY;
import static io.brpc.faults.AttackStream.control;
import static io.brpc.faults.AttackStream.flood;
import static io.brpc.faults.AttackStream.lane;
import static io.brpc.faults.AttackStream.own;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a peer that speaks brpc/2 is cut off for. Immutable.
 */
@SuppressWarnings("ImmutableEnumChecker")
enum FrameAttack {

	CANCELLED_CALLS("CANCEL at \\d+ of stream [01]: more calls are cancelled in a second than 100, which is the limit",
			control(),
			lane(flood((number) -> (number % 2 == 0)
					? ((number == 0) ? Brpc2Frames.call(0, 1, CLIENT_STREAM) : Brpc2Frames.call(number, 1))
					: Brpc2Frames.cancel(number - 1)))),

	CANCELS_OF_NOTHING(
			"CANCEL at \\d+ of stream [23]: more calls are cancelled in a second than 100, which is the limit",
			control(flood(Brpc2Frames::cancel))),

	METHOD_NAMES("CALL at \\d+ of stream [01]: method 257 is defined, limit is 256", control(),
			lane(flood((number) -> Brpc2Frames.call(number, number + 1, "no.Such/Method" + number)))),

	MESSAGES("MESSAGE at \\d+ of stream [01]: comes without credit, 0 bytes are owed", control(),
			own(Brpc2Frames.call(0, 0, CLIENT_STREAM),
					Http2Frames.join(
							Collections.nCopies((512 << 10) / 64 + 1, Brpc2Frames.message()).toArray(byte[][]::new)))),

	CREDIT("CREDIT at \\d+ of stream [01]: credit is \\d+, limit is 2147483647", control(),
			own(Brpc2Frames.call(0, 0, CLIENT_STREAM), flood((number) -> Brpc2Frames.credit(0, Integer.MAX_VALUE)))),

	SETTINGS("SETTINGS at \\d+ of stream [23]: comes twice", control(flood((number) -> Brpc2Frames.settings()))),

	GOAWAYS("GOAWAY at \\d+ of stream [23]: comes twice", control(flood((number) -> Brpc2Frames.goAway()))),

	A_NUMBER_USED_TWICE("CALL at \\d+ of stream [01]: call 5 comes behind call 5", control(),
			lane(Brpc2Frames.call(5, 1, UNARY), flood((number) -> Brpc2Frames.call(5, 1)))),

	ANSWERS_TO_NOTHING("ANSWER at 1 of stream [01]: does not belong here", control(), lane(flood(Brpc2Frames::answer))),

	CLAIMS("CALL at 1 of stream [01]: length is 9223372036854775807, limit is 16384", control(),
			lane(Brpc2Frames.claim(Long.MAX_VALUE, 0x10)));

	private final String words;

	private final List<AttackStream> streams;

	FrameAttack(String words, AttackStream... streams) {
		this.words = words;
		this.streams = List.of(streams);
	}

	List<AttackStream> streams() {
		return this.streams;
	}

	void verify(RawClose close) {
		assertThat(close.reason()).matches(this.words);
		assertThat(close.code()).isEqualTo(CloseCode.PROTOCOL_ERROR.code());
		assertThat(close.application()).isTrue();
	}

}
