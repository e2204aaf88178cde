package io.brpc.benchmark.load;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import com.google.protobuf.ByteString;
import io.brpc.benchmark.peer.Caller;
import io.brpc.testing.proto.Payload;

/**
 * Runs a {@link LoadSpec}. Not instantiable.
 */
public final class Load {

	private static final long SEED = 7;

	private Load() {
	}

	/**
	 * Runs it and waits for its end.
	 * @param load what to do
	 * @param callers one per connection
	 * @return what became of it, and what it cost this process
	 */
	public static Figures run(LoadSpec load, List<? extends Caller> callers) {
		byte[] data = new byte[load.bytes()];
		new Random(SEED).nextBytes(data);
		int count = switch (load.kind()) {
			case UNARY -> 0;
			case NESTED -> 1;
			case STREAM -> load.messages();
		};
		Payload request = Payload.newBuilder().setData(ByteString.copyFrom(data)).setCount(count).build();
		Figures before = Usage.now();
		Figures result = (load.rate() > 0) ? new OpenLoop(load, request).run(callers)
				: new ClosedLoop(load, request).run(callers);
		Map<String, String> all = new TreeMap<>(result.values());
		all.putAll(Usage.since(before).values());
		return new Figures(all);
	}

}
