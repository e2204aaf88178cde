package io.brpc.internal.brpc2.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Where frames lie in a stream, and what is not read at all.
 */
class FrameReaderTests {

	private final FrameFields frames = new FrameFields(1024);

	private final FrameReader reader = new FrameReader("stream 4", 1, this.frames);

	@Test
	void errorNamesFrameOffsetAndStream() {
		ByteBuf bytes = Unpooled.buffer();
		SmallFrames.writePing(bytes, FrameType.PING, 7);
		Varint.write(bytes, 2);
		bytes.writeByte(FrameType.GOAWAY).writeByte(0);
		assertThatExceptionOfType(WireException.class).isThrownBy(() -> read(bytes))
			.withMessage("GOAWAY at 11 of stream 4: 1 bytes behind the last field");
		assertThat(this.frames.frames()).hasSize(1);
	}

	@Test
	void unknownFrameIsSkippedHoweverLong() {
		ByteBuf bytes = Unpooled.buffer();
		Varint.write(bytes, 3_000_000);
		bytes.writeByte(0x60);
		read(bytes);
		byte[] garbage = new byte[100_000];
		for (int left = 2_999_999; left > 0; left -= garbage.length) {
			this.reader.read(garbage, 0, Math.min(left, garbage.length));
		}
		assertThat(this.reader.isBetweenFrames()).isTrue();
		SmallFrames.writeEmpty(bytes, FrameType.DONE);
		read(bytes);
		assertThat(this.frames.frames()).containsExactly("DONE{}");
	}

	@Test
	void frameThatClaimsTooMuchIsRefusedBeforeItComes() {
		ByteBuf bytes = Unpooled.buffer();
		Varint.write(bytes, Long.MAX_VALUE);
		bytes.writeByte(FrameType.CALL);
		assertThatExceptionOfType(WireException.class).isThrownBy(() -> read(bytes))
			.withMessage("CALL at 1 of stream 4: length is 9223372036854775807, limit is 65536");
	}

	@Test
	void messageThatIsTooLongIsSkippedAndTheNextFrameRead() {
		ByteBuf bytes = Unpooled.buffer();
		SmallFrames.writeMessageHead(bytes, -1, 70_000);
		bytes.writeBytes(new byte[70_000]);
		SmallFrames.writeEmpty(bytes, FrameType.HALF_CLOSE);
		read(bytes);
		assertThat(this.frames.frames()).containsExactly("too long", "HALF_CLOSE{}");
	}

	@Test
	void nothingIsReadBehindAnError() {
		ByteBuf wrong = Unpooled.buffer().writeByte(0);
		assertThatExceptionOfType(WireException.class).isThrownBy(() -> read(wrong))
			.withMessage("frame at 1 of stream 4: length is 0");
		ByteBuf right = Unpooled.buffer();
		SmallFrames.writeEmpty(right, FrameType.DONE);
		read(right);
		assertThat(this.frames.frames()).isEmpty();
	}

	@Test
	void theRestOfAFrameIsReadUpToItsEnd() {
		ByteBuf bytes = Unpooled.buffer();
		SmallFrames.writePing(bytes, FrameType.PING, 7);
		SmallFrames.writeEmpty(bytes, FrameType.DONE);
		int count = bytes.readableBytes();
		this.reader.readRest(bytes);
		assertThat(bytes.readableBytes()).isEqualTo(count);
		read(bytes.readSlice(4));
		this.reader.readRest(bytes.readSlice(3));
		assertThat(this.frames.frames()).isEmpty();
		this.reader.readRest(bytes);
		assertThat(this.frames.frames()).hasSize(1);
		assertThat(bytes.readableBytes()).isEqualTo(2);
		this.reader.readRest(bytes);
		read(bytes);
		assertThat(this.frames.frames()).hasSize(2).last().isEqualTo("DONE{}");
	}

	@Test
	void errorInTheRestOfAFrameEndsTheReading() {
		ByteBuf bytes = Unpooled.buffer();
		Varint.write(bytes, 3);
		bytes.writeByte(FrameType.GOAWAY).writeZero(2);
		SmallFrames.writeEmpty(bytes, FrameType.DONE);
		read(bytes.readSlice(3));
		assertThatExceptionOfType(WireException.class).isThrownBy(() -> this.reader.readRest(bytes))
			.withMessage("GOAWAY at 1 of stream 4: 2 bytes behind the last field");
		read(bytes);
		assertThat(this.frames.frames()).isEmpty();
	}

	private void read(ByteBuf bytes) {
		byte[] array = new byte[bytes.readableBytes()];
		bytes.readBytes(array);
		this.reader.read(array, 0, array.length);
	}

}
