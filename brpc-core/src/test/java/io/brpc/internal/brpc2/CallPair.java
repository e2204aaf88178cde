package io.brpc.internal.brpc2;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.brpc.testing.proto.ExerciseGrpc;
import io.grpc.Channel;
import io.grpc.ServerInterceptor;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The two ends of a session, one of which calls the other. After the test it checks that
 * no call is left and that nobody broke a rule, and closes both.
 * <p>
 * To be used as a field with {@code @RegisterExtension}, in a class that is
 * {@code @ExtendWith(Leaks.class)}. Not safe for use by several threads.
 */
final class CallPair implements AfterEachCallback {

	/**
	 * For {@code @MethodSource}: which end calls, and whether the application's code runs
	 * on the event loop.
	 */
	static final String ENDS = "io.brpc.internal.brpc2.CallPair#ends";

	private final ExecutorService pool = Executors.newCachedThreadPool();

	private SessionPair pair;

	private SessionPeer caller;

	private SessionPeer callee;

	static Stream<Arguments> ends() {
		return Stream.of(Side.values())
			.flatMap((side) -> Stream.of(true, false).map((direct) -> Arguments.of(side, direct)));
	}

	/**
	 * Connects the ends, which serve the same.
	 * @param callerSide which one calls
	 * @param direct whether the application's code runs on the event loop
	 * @param service what is served
	 * @param interceptors intercept the calls that are served
	 */
	void connect(Side callerSide, boolean direct, ExerciseGrpc.ExerciseImplBase service,
			ServerInterceptor... interceptors) {
		connect(callerSide, direct, service, SessionSettings.defaults(), interceptors);
	}

	/**
	 * Connects the ends, which serve the same.
	 * @param callerSide which one calls
	 * @param direct whether the application's code runs on the event loop
	 * @param service what is served
	 * @param settings what either end allows
	 * @param interceptors intercept the calls that are served
	 */
	void connect(Side callerSide, boolean direct, ExerciseGrpc.ExerciseImplBase service, SessionSettings settings,
			ServerInterceptor... interceptors) {
		Executor executor = direct ? Runnable::run : this.pool;
		this.pair = new SessionPair(new SessionPeer(Side.SERVER, settings, executor, List.of(service), interceptors),
				new SessionPeer(Side.CLIENT, settings, executor, List.of(service), interceptors));
		this.caller = this.pair.peer(callerSide);
		this.callee = this.pair.peer((callerSide == Side.SERVER) ? Side.CLIENT : Side.SERVER);
	}

	Channel channel() {
		return this.caller.channel();
	}

	ExerciseGrpc.ExerciseBlockingStub blocking() {
		return ExerciseGrpc.newBlockingStub(channel()).withDeadlineAfter(30, TimeUnit.SECONDS);
	}

	ExerciseGrpc.ExerciseStub async() {
		return ExerciseGrpc.newStub(channel());
	}

	@Override
	public void afterEach(ExtensionContext context) {
		await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> {
			assertThat(this.caller.session().outboundCalls()).isZero();
			assertThat(this.callee.session().inboundCalls()).isZero();
			assertThat(this.caller.session().queuedBytes()).isZero();
			assertThat(this.callee.session().queuedBytes()).isZero();
		});
		assertThat(this.caller.isBroken() || this.callee.isBroken()).isFalse();
		this.pair.close();
		this.pool.shutdown();
	}

}
