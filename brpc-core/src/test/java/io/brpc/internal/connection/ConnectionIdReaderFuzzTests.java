package io.brpc.internal.connection;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import com.google.protobuf.ByteString;
import io.brpc.ConnectionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever frames a server sends for the connection ID: the client gets the one ID or one
 * complaint, and every buffer is released.
 */
class ConnectionIdReaderFuzzTests {

	@Property(tries = 2000)
	void framesAreAnIdOrOneComplaint(@ForAll("streams") List<Frame> frames) {
		List<ConnectionId> received = new ArrayList<>();
		List<String> malformed = new ArrayList<>();
		List<ByteBuf> buffers = new ArrayList<>();
		EmbeddedChannel channel = new EmbeddedChannel(new ConnectionIdReader(received::add, malformed::add));
		for (Frame frame : frames) {
			ByteBuf buffer = Unpooled.copiedBuffer(frame.bytes().asReadOnlyByteBuffer());
			buffers.add(buffer);
			channel.writeInbound(new DefaultQuicStreamFrame(buffer, frame.fin()));
		}
		Outcome expected = Outcome.of(frames);
		assertThat(received).isEqualTo(expected.id());
		assertThat(malformed).hasSize(expected.complaints());
		// The one empty buffer there is does not count.
		assertThat(buffers).allMatch((buffer) -> buffer.refCnt() == 0 || buffer.capacity() == 0);
		channel.finishAndReleaseAll();
	}

	@Provide
	Arbitrary<List<Frame>> streams() {
		Arbitrary<ByteString> small = Arbitraries.bytes().array(byte[].class).ofMaxSize(6).map(ByteString::copyFrom);
		Arbitrary<ByteString> any = Arbitraries.bytes().array(byte[].class).ofMaxSize(20).map(ByteString::copyFrom);
		Arbitrary<Frame> frame = Combinators
			.combine(Arbitraries.oneOf(small, small, any), Arbitraries.frequency(Tuple.of(1, true), Tuple.of(4, false)))
			.as(Frame::new);
		Arbitrary<List<Frame>> honest = Arbitraries.bytes()
			.array(byte[].class)
			.ofSize(ConnectionId.LENGTH)
			.flatMap((id) -> Arbitraries.integers()
				.between(0, ConnectionId.LENGTH)
				.map((split) -> List.of(new Frame(ByteString.copyFrom(id, 0, split), false),
						new Frame(ByteString.copyFrom(id, split, id.length - split), true))));
		return Arbitraries.oneOf(frame.list().ofMaxSize(12), honest);
	}

	/**
	 * What arrives at once.
	 *
	 * @param bytes the bytes
	 * @param fin whether they are the last
	 */
	record Frame(ByteString bytes, boolean fin) {

	}

	/**
	 * What the frames amount to: those up to the first FIN, or up to one byte too many,
	 * count.
	 *
	 * @param id the ID, if it is one
	 * @param complaints how many
	 */
	private record Outcome(List<ConnectionId> id, int complaints) {

		static Outcome of(List<Frame> frames) {
			ByteArrayOutputStream all = new ByteArrayOutputStream();
			for (Frame frame : frames) {
				all.writeBytes(frame.bytes().toByteArray());
				if (all.size() > ConnectionId.LENGTH) {
					return new Outcome(List.of(), 1);
				}
				if (frame.fin()) {
					return (all.size() == ConnectionId.LENGTH)
							? new Outcome(List.of(ConnectionId.of(ByteBuffer.wrap(all.toByteArray()))), 0)
							: new Outcome(List.of(), 1);
				}
			}
			return new Outcome(List.of(), 0);
		}

	}

}
