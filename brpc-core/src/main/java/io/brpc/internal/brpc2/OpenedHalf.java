package io.brpc.internal.brpc2;

import io.brpc.CloseCode;
import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.Settings;
import io.brpc.internal.brpc2.frame.Varint;
import io.brpc.internal.brpc2.frame.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import org.jspecify.annotations.Nullable;

/**
 * A stream that the peer has opened, until its first bytes say what it is; then it hands
 * on to the half that it is. Event-loop confined.
 */
final class OpenedHalf extends StreamHalf {

	private static final int PAYLOAD_BITS = 7;

	private @Nullable StreamHalf half;

	private int kind = -1;

	private long number;

	private int numberBytes;

	OpenedHalf(CallSession session, QuicStreamChannel stream) {
		super(session, stream, 0);
	}

	@Override
	void read(byte[] bytes, int start, int count) {
		int position = start;
		int end = start + count;
		while (this.half == null && position < end) {
			begin(bytes[position++]);
		}
		if (this.half != null && position < end) {
			this.half.read(bytes, position, end - position);
		}
	}

	@Override
	void readRest(ByteBuf bytes) {
		if (this.half != null) {
			this.half.readRest(bytes);
		}
	}

	private void begin(byte next) {
		if (this.kind < 0) {
			this.kind = next & 0xff;
			boolean unidirectional = stream().type() == QuicStreamType.UNIDIRECTIONAL;
			Settings peer = session().peer();
			if (unidirectional && this.kind == StreamKind.CONTROL) {
				this.half = session().controlOpened(stream());
			}
			else if (!unidirectional && this.kind == StreamKind.LANE && peer != null) {
				this.half = session().laneOpened(stream(), peer);
			}
			else if (!unidirectional && this.kind == StreamKind.OWN && peer != null) {
				this.half = new CalleeStream(session(), stream(), peer);
			}
			else if (!unidirectional || this.kind != StreamKind.ANSWER) {
				throw new WireException(CloseCode.UNEXPECTED_STREAM,
						"stream " + stream().streamId() + " begins with 0x" + Integer.toHexString(this.kind));
			}
			return;
		}
		this.number |= (long) (next & 0x7f) << (this.numberBytes++ * PAYLOAD_BITS);
		boolean needless = next == 0 && this.numberBytes > 1;
		if (needless || (next < 0 && this.numberBytes == Varint.MAX_LENGTH)) {
			throw new WireException("stream " + stream().streamId() + " has a malformed call number");
		}
		if (next >= 0) {
			this.half = answer();
		}
	}

	private StreamHalf answer() {
		OutboundCall<?, ?> call = session().outbound().get(this.number);
		if (call == null || !(call.answer().source() instanceof CallerLane lane)) {
			throw new WireException(CloseCode.UNEXPECTED_STREAM, "stream " + stream().streamId() + " answers call "
					+ this.number + ", which is not in flight on a lane");
		}
		AnswerHalf half = new AnswerHalf(call, stream(), 1 + this.numberBytes, null, () -> {
		});
		call.answer().comesOn(half);
		lane.answersElsewhere();
		return half;
	}

	@Override
	void readComplete() {
		if (this.half != null) {
			this.half.readComplete();
		}
		else {
			stream().read();
		}
	}

	@Override
	void ended() {
		if (this.half != null) {
			this.half.ended();
		}
		else {
			lost();
		}
	}

	@Override
	public long limit(int type) {
		throw new IllegalStateException("has no frames of its own");
	}

	@Override
	public void frame(int type, FrameCursor body) {
		throw new IllegalStateException("has no frames of its own");
	}

}
