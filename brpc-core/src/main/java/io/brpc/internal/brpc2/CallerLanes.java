package io.brpc.internal.brpc2;

import io.brpc.internal.brpc2.frame.Settings;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import org.jspecify.annotations.Nullable;

/**
 * The lanes that this end opens, as they are wanted. Event-loop confined.
 */
final class CallerLanes {

	private final CallSession session;

	private @Nullable CallerLane[] lanes = {};

	private int opened;

	CallerLanes(CallSession session) {
		this.session = session;
	}

	/**
	 * Returns the lane of this turn: all calls of a turn share a lane, so that they are
	 * written at once, and the next turn takes the next lane.
	 * @param peer the peer's settings
	 * @return null if no lane is open yet
	 */
	@Nullable CallerLane lane(Settings peer) {
		if (this.lanes.length == 0) {
			this.lanes = new CallerLane[Math.min(peer.maxLanes(), this.session.settings().maxLanes())];
		}
		int index = this.session.turn().number() % this.lanes.length;
		if (index >= this.opened && this.opened < this.lanes.length) {
			int mine = this.opened++;
			this.session.opener().open(QuicStreamType.BIDIRECTIONAL, new LaneOpening(mine, peer));
		}
		CallerLane lane = this.lanes[index];
		return (lane != null) ? lane : this.lanes[0];
	}

	/**
	 * Writes nothing more, because the session is over.
	 */
	void close() {
		for (CallerLane lane : this.lanes) {
			if (lane != null) {
				lane.output().close();
			}
		}
	}

	/**
	 * A lane on its way.
	 */
	private final class LaneOpening implements StreamOpener.Opening {

		private final int index;

		private final Settings peer;

		LaneOpening(int index, Settings peer) {
			this.index = index;
			this.peer = peer;
		}

		@Override
		public boolean isWanted() {
			return true;
		}

		@Override
		public void opened(QuicStreamChannel stream) {
			CallerLanes.this.lanes[this.index] = new CallerLane(CallerLanes.this.session, stream, this.peer);
		}

	}

}
