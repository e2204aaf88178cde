package io.brpc.internal.brpc2;

import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * A lane, which carries many small calls. If many come at once, and there is time to
 * spare, they are handled in two halves, and what the first one gave is sent before the
 * second: so that the peer can work on it at the same time. Otherwise calls that have
 * come together would stay together, and each end would wait while the other one works.
 * <p>
 * Event-loop confined.
 */
abstract class Lane extends StreamHalf {

	/**
	 * So much is a dozen small calls, bytes.
	 */
	private static final int WORTH_HALVING = 600;

	private final StreamOutput output;

	Lane(CallSession session, QuicStreamChannel stream, long offset) {
		super(session, stream, offset);
		this.output = new StreamOutput(session, stream, (count) -> {
		});
	}

	final StreamOutput output() {
		return this.output;
	}

	@Override
	final void read(byte[] bytes, int start, int count) {
		int first = 0;
		if (count >= WORTH_HALVING && session().turn().hasTimeToSpare()) {
			first = count / 2;
			super.read(bytes, start, first);
			session().turn().sendNow();
		}
		if (!session().isOver()) {
			super.read(bytes, start + first, count - first);
		}
	}

	@Override
	final void ended() {
		lost();
	}

}
