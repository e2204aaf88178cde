package io.brpc.internal.connection;

import java.util.Objects;

import io.brpc.CloseCode;
import io.brpc.internal.brpc2.CallSession;
import io.brpc.internal.brpc2.SessionOwner;
import io.brpc.internal.brpc2.Side;
import io.grpc.Attributes;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * The wire brpc/2, as far as both sides do the same.
 * <p>
 * Event-loop confined, as {@link Session} says, but for what {@link SessionOwner} wants
 * of any thread.
 */
abstract class FrameSession implements Session, SessionOwner {

	private final FrameService service;

	private final CallSession calls;

	private volatile @Nullable Connection connection;

	private volatile Attributes attributes = Attributes.EMPTY;

	/**
	 * What the handlers of all calls run in.
	 */
	private Context context = Context.ROOT;

	/**
	 * That of the call that came last: most calls of a connection have the same.
	 */
	private @Nullable CallChain chain;

	private boolean forwardEnded;

	private boolean drained;

	private boolean ended;

	@SuppressWarnings("this-escape")
	FrameSession(QuicChannel quic, Side side, FrameService service) {
		this.service = service;
		// It tells its owner nothing before it has been started.
		this.calls = new CallSession(quic, side, service.settings(), service.service(), this);
	}

	final CallSession calls() {
		return this.calls;
	}

	@Override
	public void attach(Connection connection) {
		this.connection = connection;
		Attributes attributes = Attributes.newBuilder()
			.set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, connection.peerAddress())
			.set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, connection.localAddress())
			.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, connection.sslSession())
			.build();
		for (ServerTransportFilter filter : this.service.filters()) {
			attributes = filter.transportReady(attributes);
		}
		this.attributes = attributes;
		this.context = this.service.caller().in(Context.ROOT, connection);
	}

	/**
	 * Returns the connection, from {@link #attach} on.
	 * @return the connection
	 */
	final Connection connection() {
		return Objects.requireNonNull(this.connection, "connection");
	}

	final boolean isAttached() {
		return this.connection != null;
	}

	@Override
	public final void streamOpened(QuicStreamChannel stream) {
		this.calls.streamOpened(stream);
	}

	@Override
	public void drain() {
		this.calls.drain();
	}

	@Override
	public final void shutdown() {
		drain();
	}

	@Override
	public void fail(Status status) {
		this.calls.fail(status);
		if (this.connection != null && !this.ended) {
			this.ended = true;
			this.service.filters().forEach((filter) -> filter.transportTerminated(this.attributes));
		}
	}

	@Override
	public void toldToGo() {
		connection().life().toldToGo();
	}

	@Override
	public void forwardEnded() {
		this.forwardEnded = true;
		connection().life().partEnded("the client's calls", true);
	}

	@Override
	public final void drained() {
		this.drained = true;
		connection().life().closeIfEnded();
	}

	@Override
	public final void wrote() {
		Connection connection = this.connection;
		if (connection != null) {
			connection.life().wrote();
		}
	}

	@Override
	public void broken(CloseCode code, String words) {
		if (code == CloseCode.STALLED) {
			connection().life().stalled(words);
		}
		else {
			connection().life().closeNow(code, words);
		}
	}

	@Override
	public final String peerName() {
		return "brpc connection " + connection().id();
	}

	private CallChain chain(@Nullable String before, String method) {
		CallChain chain = CallChain.arriving(before, method, this.chain);
		this.chain = chain;
		return chain;
	}

	@Override
	public final @Nullable Status refusal(@Nullable String chain, Metadata headers, String method) {
		return this.service.caller().refusal(chain(chain, method), headers, connection());
	}

	@Override
	public final Context contextOf(Context base, @Nullable String chain, String method) {
		Context context = (base == Context.ROOT) ? this.context : this.service.caller().in(base, connection());
		return chain(chain, method).in(context);
	}

	@Override
	public final byte @Nullable [] chainOf(Context context) {
		CallChain chain = CallChain.of(context);
		return (chain != null) ? chain.bytes() : null;
	}

	@Override
	public final boolean isEnded() {
		return this.drained;
	}

	@Override
	public final boolean isLocalEnded() {
		return this.drained;
	}

	@Override
	public final boolean isForwardEnded() {
		return this.forwardEnded;
	}

	@Override
	public final boolean isPeerServing() {
		// Who sends its settings serves.
		return true;
	}

	@Override
	public final Channel direct() {
		return this.calls.channel();
	}

	@Override
	public final int inboundCalls() {
		return this.calls.inboundCalls();
	}

	@Override
	public final int outboundCalls() {
		return this.calls.outboundCalls();
	}

	@Override
	public final long queuedBytes() {
		return this.calls.queuedBytes();
	}

	@Override
	public final Status lossStatus() {
		Connection connection = this.connection;
		return (connection != null) ? connection.life().lossStatus("the connection ends")
				: Status.UNAVAILABLE.withDescription("the connection was never ready");
	}

	@Override
	public final Attributes attributes() {
		return this.attributes;
	}

}
