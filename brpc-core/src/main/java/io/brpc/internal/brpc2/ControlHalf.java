package io.brpc.internal.brpc2;

import io.brpc.internal.brpc2.frame.FrameCursor;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.Settings;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.brpc.internal.brpc2.frame.WireException;
import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * The peer's control stream. Event-loop confined.
 */
final class ControlHalf extends StreamHalf {

	private boolean settled;

	ControlHalf(CallSession session, QuicStreamChannel stream) {
		super(session, stream, 1);
	}

	@Override
	public long limit(int type) {
		if (!this.settled && type != FrameType.SETTINGS) {
			throw new WireException("comes before SETTINGS");
		}
		return switch (type) {
			case FrameType.SETTINGS, FrameType.GOAWAY, FrameType.DONE, FrameType.PING, FrameType.PONG,
					FrameType.CANCEL ->
				Settings.MAX_CONTROL_FRAME;
			default -> refuseKnown(type);
		};
	}

	@Override
	public void frame(int type, FrameCursor body) {
		switch (type) {
			case FrameType.SETTINGS -> {
				if (this.settled) {
					throw new WireException("comes twice");
				}
				this.settled = true;
				session().settled(Settings.read(body));
			}
			case FrameType.GOAWAY -> {
				SmallFrames.readEmpty(body);
				session().drainState().goAwayArrived();
			}
			case FrameType.DONE -> {
				SmallFrames.readEmpty(body);
				session().drainState().doneArrived();
			}
			case FrameType.PING -> session().control().sendPong(SmallFrames.readPing(body));
			case FrameType.PONG -> session().pongArrived(SmallFrames.readPing(body));
			default -> session().inbound().cancel(SmallFrames.readCancel(body), true);
		}
	}

	@Override
	void ended() {
		lost();
	}

}
