package io.brpc.internal.connection;

import java.net.SocketAddress;
import java.util.Objects;

import io.brpc.CloseCode;
import io.brpc.ConnectionId;
import io.brpc.internal.brpc2.Side;
import io.brpc.internal.h2.StandIn;
import io.brpc.internal.h2.StreamChannel;
import io.grpc.Status;
import io.netty.handler.codec.quic.QuicChannel;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of brpc/2. gRPC's channel has a stand-in for a transport, and so goes
 * on to say when to dial and when to leave.
 * <p>
 * Event-loop confined, as {@link FrameSession} says.
 */
final class DialedFrameSession extends FrameSession implements StandIn.Owner {

	private final Dial dial;

	private final StreamChannel forwardChannel;

	private final String authority;

	private @Nullable StandIn standIn;

	DialedFrameSession(Dial dial, QuicChannel quic, StreamChannel forwardChannel, FrameService service,
			String authority) {
		super(quic, Side.CLIENT, service);
		this.dial = dial;
		this.forwardChannel = forwardChannel;
		this.authority = authority;
	}

	@Override
	public void start() {
		calls().start(null);
	}

	@Override
	public void ready(@Nullable ConnectionId id) {
		this.dial.identified(Objects.requireNonNull(id, "id"));
	}

	@Override
	public void attach(Connection connection) {
		super.attach(connection);
		if (!this.forwardChannel.isOpen()) {
			connection.life().closeNow(CloseCode.NO_ERROR, "");
			return;
		}
		StandIn standIn = new StandIn(this);
		this.standIn = standIn;
		connection.life().becomeReady();
		this.forwardChannel.connected(standIn);
	}

	@Override
	public void drain() {
		super.drain();
		takeLeave();
	}

	@Override
	public void toldToGo() {
		super.toldToGo();
		takeLeave();
	}

	@Override
	public void forwardEnded() {
		super.forwardEnded();
		this.dial.partEnded();
	}

	private void takeLeave() {
		if (this.standIn != null) {
			this.standIn.goAway();
		}
	}

	@Override
	public void broken(CloseCode code, String words) {
		if (isAttached()) {
			super.broken(code, words);
		}
		else {
			this.dial.refuse(code, words);
		}
	}

	@Override
	public void fail(Status status) {
		super.fail(status);
		if (this.standIn != null) {
			this.forwardChannel.fail(status);
		}
	}

	/**
	 * gRPC leaves this connection for another one, or for good.
	 */
	@Override
	public void closedByGrpc() {
		connection().drain();
	}

	@Override
	public SocketAddress localAddress() {
		return connection().localAddress();
	}

	@Override
	public SocketAddress remoteAddress() {
		return connection().peerAddress();
	}

	@Override
	public String authority() {
		return this.authority;
	}

}
