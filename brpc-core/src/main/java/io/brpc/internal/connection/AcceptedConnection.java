package io.brpc.internal.connection;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import io.brpc.CloseCode;
import io.brpc.CloseReason;
import io.brpc.ConnectionAuthenticator;
import io.brpc.ConnectionId;
import io.brpc.ConnectionRefusedException;
import io.brpc.internal.quic.ConnectionEvents;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a connection, by any wire: decides whether the client is let in,
 * and lets its session begin.
 * <p>
 * Event-loop confined.
 */
final class AcceptedConnection implements ConnectionEvents, ConnectionRole {

	private final Acceptor acceptor;

	private final QuicChannel channel;

	private final InetSocketAddress peer;

	private final long begunNanos = System.nanoTime();

	private final CallbackChannel callbacks;

	private final Admission.Ticket admission;

	private final Countdown handshakeLimit;

	private @Nullable Connection connection;

	private @Nullable Countdown age;

	private CompletableFuture<Void> told = CompletableFuture.completedFuture(null);

	private boolean wasReady;

	private @Nullable Authentication authentication;

	private @Nullable Throwable refusalCause;

	AcceptedConnection(Acceptor acceptor, QuicChannel channel, InetSocketAddress peer, Admission.Ticket admission) {
		this.admission = admission;
		this.acceptor = acceptor;
		this.callbacks = new CallbackChannel(acceptor.callbackSettings().limits());
		this.channel = channel;
		this.peer = peer;
		this.handshakeLimit = new Countdown(channel.eventLoop());
	}

	/**
	 * Limits the time of the handshake.
	 */
	void start() {
		this.handshakeLimit.start(this.acceptor.settings().setupTimeout().toNanos(), this.channel::close);
	}

	boolean isEstablished() {
		return this.connection != null;
	}

	@Override
	public void established(QuicChannel channel) {
		this.handshakeLimit.stop();
		Session session = this.acceptor.newSession(channel, this.callbacks);
		Connection connection = new Connection(channel, ConnectionId.random(), this.acceptor.settings(), this, session,
				this.callbacks);
		session.attach(connection);
		this.connection = connection;
		if (this.acceptor.isDraining()) {
			connection.life().closeNow(CloseCode.SERVER_SHUTDOWN, CloseCode.SERVER_SHUTDOWN.description());
			return;
		}
		String refusal = this.admission.admit();
		if (refusal != null) {
			connection.life().closeNow(CloseCode.REFUSED, refusal);
			return;
		}
		ConnectionAuthenticator authenticator = this.acceptor.authenticator();
		if (authenticator != null) {
			connection.life().limitSetup(this.begunNanos, "answer from the authenticator");
			authenticate(authenticator, connection);
		}
		else {
			letIn(connection);
		}
	}

	private void authenticate(ConnectionAuthenticator authenticator, Connection connection) {
		Authentication authentication = new Authentication(authenticator, connection);
		this.authentication = authentication;
		this.admission.beginAuthentication();
		try {
			authentication.start(this.acceptor.callbackSettings().executor(), this.channel.eventLoop(),
					() -> authenticated(authentication, connection));
		}
		catch (RejectedExecutionException ex) {
			this.admission.endAuthentication();
			refuse(connection, Authentication.failed(ex));
		}
	}

	private void authenticated(Authentication authentication, Connection connection) {
		this.admission.endAuthentication();
		if (connection.life().state() == ConnectionState.CLOSED) {
			return;
		}
		try {
			connection.identify(authentication.identity());
			letIn(connection);
		}
		catch (ConnectionRefusedException ex) {
			refuse(connection, ex);
		}
	}

	private void refuse(Connection connection, ConnectionRefusedException refusal) {
		this.refusalCause = refusal.getCause();
		connection.life().closeNow(CloseCode.REFUSED, refusal.reason());
	}

	/**
	 * Goes on with the set-up, now that it is known who the client is.
	 */
	private void letIn(Connection connection) {
		String refusal = this.acceptor.soleConnections().admit(connection.principalName(), this);
		if (refusal != null) {
			connection.life().closeNow(CloseCode.REFUSED, refusal);
			return;
		}
		connection.life().limitSetup(this.begunNanos, "gRPC from the peer");
		connection.session().start();
	}

	@Override
	public void streamOpened(QuicStreamChannel stream) {
		Connection connection = Objects.requireNonNull(this.connection, "a stream before the handshake");
		if (connection.life().state() != ConnectionState.CLOSED) {
			connection.session().streamOpened(stream);
		}
	}

	@Override
	public void ready() {
		Connection connection = Objects.requireNonNull(this.connection, "connection");
		this.wasReady = true;
		AcceptedConnection replaced = this.acceptor.soleConnections().takeOver(connection.principalName(), this);
		if (replaced != null) {
			// What is told of this one comes after the end of the other.
			this.told = replaced.replace();
		}
		this.told = this.acceptor.ready(connection, this.told);
		ConnectionAge maxAge = this.acceptor.maxAge();
		if (maxAge != null) {
			this.age = maxAge.start(connection);
		}
	}

	/**
	 * Ends this connection because another one of the same client is ready.
	 * @return completes when its listeners have been told
	 */
	private CompletableFuture<Void> replace() {
		Objects.requireNonNull(this.connection, "connection")
			.life()
			.closeNow(CloseCode.REPLACED, "this client has connected again");
		return this.told;
	}

	@Override
	public void unready() {
		Connection connection = Objects.requireNonNull(this.connection, "connection");
		this.acceptor.soleConnections().release(connection.principalName(), this);
		this.acceptor.unready(connection);
	}

	@Override
	public void leave() {
		// It is the client that connects again.
	}

	@Override
	public void toldToGo() {
		// The client connects again, if it wants to.
	}

	@Override
	public void ended(CloseReason reason) {
		if (this.authentication != null) {
			this.authentication.cancel();
		}
		if (this.age != null) {
			this.age.stop();
		}
		Connection connection = Objects.requireNonNull(this.connection, "connection");
		this.acceptor.soleConnections().release(connection.principalName(), this);
		if (this.wasReady) {
			this.told = this.acceptor.closed(connection, reason, this.told);
		}
		else {
			this.told = this.acceptor.refused(this.peer, reason, this.refusalCause, this.told);
		}
	}

	/**
	 * QUIC is gone. Also told when the handshake failed, or was never finished.
	 */
	@Override
	public void closed(CloseReason reason) {
		this.handshakeLimit.stop();
		this.admission.giveBack();
		if (this.connection != null) {
			this.connection.life().transportClosed(reason);
		}
		else {
			this.told = this.acceptor.refused(this.peer, reason, this.refusalCause, this.told);
		}
		this.acceptor.gone(this, this.told, this.channel.eventLoop());
	}

	void drain() {
		if (this.connection != null) {
			this.connection.life().shutdown(CloseCode.SERVER_SHUTDOWN);
		}
		else {
			this.channel.close();
		}
	}

	void close() {
		if (this.connection != null) {
			this.connection.life().closeNow(CloseCode.SERVER_SHUTDOWN, CloseCode.SERVER_SHUTDOWN.description());
		}
		else {
			this.channel.close();
		}
	}

}
