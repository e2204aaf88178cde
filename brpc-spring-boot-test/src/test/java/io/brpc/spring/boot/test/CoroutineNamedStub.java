package io.brpc.spring.boot.test;

import io.brpc.spring.boot.test.proto.AskReply;
import io.brpc.spring.boot.test.proto.NameRequest;
import io.brpc.spring.boot.test.proto.NamedGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.kotlin.AbstractCoroutineStub;
import io.grpc.kotlin.ClientCalls;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;

/**
 * What the Kotlin code generator makes, written in Java, so that the build needs no
 * Kotlin compiler. Immutable.
 */
public class CoroutineNamedStub extends AbstractCoroutineStub<CoroutineNamedStub> {

	public CoroutineNamedStub(Channel channel, CallOptions options) {
		super(channel, options);
	}

	@Override
	protected CoroutineNamedStub build(Channel channel, CallOptions options) {
		return new CoroutineNamedStub(channel, options);
	}

	/**
	 * Calls from a coroutine, for which the thread waits.
	 * @return the reply
	 * @throws InterruptedException if the thread is interrupted
	 */
	AskReply name() throws InterruptedException {
		return BuildersKt.runBlocking(EmptyCoroutineContext.INSTANCE,
				(scope, continuation) -> ClientCalls.INSTANCE.unaryRpc(getChannel(), NamedGrpc.getNameMethod(),
						NameRequest.getDefaultInstance(), getCallOptions(), new Metadata(), continuation));
	}

}
