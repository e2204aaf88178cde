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

	private @Nullable CallerLane chosen;

	private int chosenIn;

	CallerLanes(CallSession session) {
		this.session = session;
	}

	/**
	 * Returns the lane of this turn: all calls of a turn share a lane, so that they are
	 * written at once.
	 * @param peer the peer's settings
	 * @return null if no lane is open yet
	 */
	@Nullable CallerLane lane(Settings peer) {
		int turn = this.session.turn().number();
		if (this.chosen == null || this.chosenIn != turn) {
			this.chosen = choose(peer, turn);
			this.chosenIn = turn;
		}
		return this.chosen;
	}

	/**
	 * Takes the first lane on which no answer is awaited, and opens another one only if
	 * there is none: most connections call so seldom that one is enough, and each costs
	 * both ends memory. When all are busy, they take turns.
	 */
	private @Nullable CallerLane choose(Settings peer, int turn) {
		if (this.lanes.length == 0) {
			this.lanes = new CallerLane[Math.min(peer.maxLanes(), this.session.settings().maxLanes())];
		}
		for (int i = 0; i < this.opened; i++) {
			CallerLane lane = this.lanes[i];
			if (lane != null && lane.isFree()) {
				return lane;
			}
		}
		int index = turn % this.lanes.length;
		if (this.opened < this.lanes.length) {
			index = this.opened++;
			this.session.opener().open(QuicStreamType.BIDIRECTIONAL, new LaneOpening(index, peer));
		}
		CallerLane lane = this.lanes[index];
		return (lane != null) ? lane : this.lanes[0];
	}

	/**
	 * Returns how many lanes were wanted so far.
	 * @return the number
	 */
	int count() {
		return this.opened;
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
