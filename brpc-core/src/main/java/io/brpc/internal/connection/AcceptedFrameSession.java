package io.brpc.internal.connection;

import io.brpc.ConnectionId;
import io.brpc.internal.brpc2.Side;
import io.netty.handler.codec.quic.QuicChannel;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of brpc/2. Event-loop confined, as {@link FrameSession} says.
 */
final class AcceptedFrameSession extends FrameSession {

	/**
	 * The authority of callbacks, the same as on brpc/1.
	 */
	private static final String AUTHORITY = "brpc";

	private final CallbackChannel callbacks;

	private final CallbackSettings callbackSettings;

	AcceptedFrameSession(QuicChannel quic, FrameService service, CallbackChannel callbacks,
			CallbackSettings callbackSettings) {
		super(quic, Side.SERVER, service);
		this.callbacks = callbacks;
		this.callbackSettings = callbackSettings;
	}

	@Override
	public void start() {
		this.callbacks.open(this.callbackSettings.intercept(direct()), connection());
		calls().start(connection().id());
	}

	@Override
	public void ready(@Nullable ConnectionId id) {
		connection().life().becomeReady();
	}

	@Override
	public String authority() {
		return AUTHORITY;
	}

}
