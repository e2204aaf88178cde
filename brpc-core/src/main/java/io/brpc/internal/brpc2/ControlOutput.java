package io.brpc.internal.brpc2;

import io.brpc.CloseCode;
import io.brpc.ConnectionId;
import io.brpc.internal.brpc2.frame.FrameType;
import io.brpc.internal.brpc2.frame.Settings;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The control stream of this end. What has to be said before it is open is said when it
 * is; signs of life and cancels have nothing to be about then.
 * <p>
 * Event-loop confined.
 */
final class ControlOutput implements StreamOpener.Opening {

	private final CallSession session;

	private final @Nullable ConnectionId id;

	private @Nullable StreamOutput output;

	private boolean goAway;

	private boolean done;

	/**
	 * Makes an output whose stream is to be opened.
	 * @param session the session
	 * @param id what a server says in its SETTINGS, null at the client
	 */
	ControlOutput(CallSession session, @Nullable ConnectionId id) {
		this.session = session;
		this.id = id;
	}

	@Override
	public boolean isWanted() {
		return true;
	}

	@Override
	public void opened(QuicStreamChannel stream) {
		StreamOutput output = new StreamOutput(this.session, stream, (count) -> {
		});
		this.output = output;
		output.buffer().writeByte(StreamKind.CONTROL);
		settings().write(output.buffer());
		if (this.goAway) {
			SmallFrames.writeEmpty(output.buffer(), FrameType.GOAWAY);
		}
		if (this.done) {
			SmallFrames.writeEmpty(output.buffer(), FrameType.DONE);
		}
	}

	private Settings settings() {
		SessionSettings settings = this.session.settings();
		return new Settings(this.id, settings.maxCalls(), settings.maxLanes(), settings.maxLaneFrame(),
				settings.maxMessage(), settings.maxMetadata(), settings.maxMethods(), settings.callWindow(),
				this.session.encodings().readable());
	}

	/**
	 * Sends GOAWAY or DONE.
	 * @param type which of them
	 */
	void sendEmpty(int type) {
		if (this.output != null) {
			SmallFrames.writeEmpty(this.output.buffer(), type);
		}
		else {
			this.goAway |= type == FrameType.GOAWAY;
			this.done |= type == FrameType.DONE;
		}
	}

	void sendCancel(long number) {
		if (this.output != null) {
			SmallFrames.writeCancel(this.output.buffer(), number);
		}
	}

	void sendPing(long payload) {
		if (this.output != null) {
			SmallFrames.writePing(this.output.buffer(), FrameType.PING, payload);
		}
	}

	/**
	 * Answers a ping. A peer that pings and does not read is cut off.
	 * @param payload the ping's
	 */
	void sendPong(long payload) {
		StreamOutput output = this.output;
		if (output == null) {
			return;
		}
		if (!this.session.budget().add(Long.BYTES)) {
			this.session.broken(CloseCode.STALLED, "the peer does not read the answers to its pings");
			return;
		}
		output.charge(Long.BYTES);
		SmallFrames.writePing(output.buffer(), FrameType.PONG, payload);
	}

	/**
	 * Writes nothing more, because the session is over.
	 */
	void close() {
		if (this.output != null) {
			this.output.close();
		}
	}

}
