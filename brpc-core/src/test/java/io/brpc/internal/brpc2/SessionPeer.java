package io.brpc.internal.brpc2;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.brpc.CloseCode;
import io.brpc.CloseReason;
import io.brpc.ConnectionId;
import io.brpc.internal.quic.ConnectionEvents;
import io.brpc.internal.quic.QuicClose;
import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection that speaks brpc/2 and nothing else: a session with the least
 * that it needs of a connection. Safe for use by any thread.
 */
final class SessionPeer implements ConnectionEvents, SessionOwner, CallService {

	/**
	 * Tells calls which peer they are served by, or made from.
	 */
	static final Attributes.Key<SessionPeer> PEER = Attributes.Key.create("peer");

	private static final long LIMIT_SECONDS = 30;

	/**
	 * What a session was closed for.
	 */
	record Break(CloseCode code, String words) {
	}

	private final Side side;

	private final SessionSettings settings;

	private final Executor executor;

	private final Map<String, ServerMethodDefinition<?, ?>> methods = new HashMap<>();

	private final CompletableFuture<CallSession> session = new CompletableFuture<>();

	private final CompletableFuture<ConnectionId> ready = new CompletableFuture<>();

	private final CompletableFuture<Break> broken = new CompletableFuture<>();

	private final CompletableFuture<Void> toldToGo = new CompletableFuture<>();

	private final CompletableFuture<Void> forwardEnded = new CompletableFuture<>();

	private final CompletableFuture<Void> drained = new CompletableFuture<>();

	private final CompletableFuture<CloseReason> closed = new CompletableFuture<>();

	private final AtomicReference<Status> lossStatus = new AtomicReference<>(
			Status.UNAVAILABLE.withDescription("no reason yet"));

	private volatile QuicChannel quic;

	private volatile String authority = "peer.test";

	SessionPeer(Side side, SessionSettings settings, Executor executor, List<BindableService> services,
			ServerInterceptor... interceptors) {
		this.side = side;
		this.settings = settings;
		this.executor = executor;
		for (BindableService service : services) {
			ServerInterceptors.intercept(service.bindService(), interceptors)
				.getMethods()
				.forEach((method) -> this.methods.put(method.getMethodDescriptor().getFullMethodName(), method));
		}
	}

	SessionSettings settings() {
		return this.settings;
	}

	Channel channel() {
		return session().channel();
	}

	CallSession session() {
		return get(this.session);
	}

	QuicChannel quic() {
		session();
		return this.quic;
	}

	ConnectionId awaitReady() {
		return get(this.ready);
	}

	Break awaitBroken() {
		return get(this.broken);
	}

	boolean isBroken() {
		return this.broken.isDone();
	}

	void awaitToldToGo() {
		get(this.toldToGo);
	}

	void awaitForwardEnded() {
		get(this.forwardEnded);
	}

	boolean isDrained() {
		return this.drained.isDone();
	}

	void awaitDrained() {
		get(this.drained);
	}

	CloseReason awaitClosed() {
		return get(this.closed);
	}

	/**
	 * Does something on the event loop.
	 * @param task what
	 */
	void run(Runnable task) {
		get(CompletableFuture.runAsync(task, quic().eventLoop()));
	}

	void close(CloseCode code) {
		run(() -> {
			Status status = Status.UNAVAILABLE.withDescription("closed here");
			this.lossStatus.set(status);
			session().fail(status);
			QuicClose.close(this.quic, code, "");
		});
	}

	private static <T> T get(CompletableFuture<T> future) {
		try {
			return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void established(QuicChannel channel) {
		this.quic = channel;
		CallSession session = new CallSession(channel, this.side, this.settings, this, this);
		session.start((this.side == Side.SERVER) ? ConnectionId.random() : null);
		this.session.complete(session);
	}

	@Override
	public void streamOpened(QuicStreamChannel stream) {
		session().streamOpened(stream);
	}

	@Override
	public void closed(CloseReason reason) {
		this.lossStatus.set(Status.UNAVAILABLE.withDescription(reason.description()));
		if (this.session.isDone()) {
			session().fail(this.lossStatus.get());
		}
		this.closed.complete(reason);
	}

	@Override
	public void ready(ConnectionId id) {
		this.ready.complete(id);
	}

	@Override
	public void toldToGo() {
		this.toldToGo.complete(null);
	}

	@Override
	public void wrote() {
	}

	@Override
	public void forwardEnded() {
		this.forwardEnded.complete(null);
	}

	@Override
	public void drained() {
		this.drained.complete(null);
	}

	@Override
	public void broken(CloseCode code, String words) {
		this.broken.complete(new Break(code, words));
		this.lossStatus.set(Status.UNAVAILABLE.withDescription(code + ", " + words));
		QuicClose.close(this.quic, code, words);
		session().fail(this.lossStatus.get());
	}

	@Override
	public Status lossStatus() {
		return this.lossStatus.get();
	}

	@Override
	public Attributes attributes() {
		return Attributes.newBuilder().set(PEER, this).build();
	}

	@Override
	public @Nullable Status refusal(@Nullable String chain, Metadata headers, String method) {
		return null;
	}

	@Override
	public Context contextOf(Context base, @Nullable String chain, String method) {
		return base;
	}

	@Override
	public byte @Nullable [] chainOf(Context context) {
		return null;
	}

	@Override
	public String authority() {
		return this.authority;
	}

	@Override
	public String peerName() {
		return "somebody";
	}

	@Override
	public ServerMethodDefinition<?, ?> lookup(String fullMethodName) {
		return this.methods.get(fullMethodName);
	}

	@Override
	public Executor executor() {
		return this.executor;
	}

	@Override
	public Executor answerExecutor() {
		return this.executor;
	}

	@Override
	public Context context() {
		return Context.ROOT;
	}

}
