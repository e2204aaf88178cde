package io.brpc.internal.connection;

import java.nio.charset.StandardCharsets;

import io.brpc.testing.proto.ExerciseGrpc;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.Status;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever the header of a call chain says: the call is served or refused by its depth
 * and length, and the refusal fits into the metadata of the answer.
 */
class CallChainFuzzTests {

	private static final int MAX_DEPTH = 8;

	private static final int MAX_CHAIN_LENGTH = 4096;

	/**
	 * Less than the 8 KiB that a peer takes by default, because the answer has other
	 * metadata too.
	 */
	private static final int MAX_ANSWER_BYTES = 6 << 10;

	private static final String METHOD = ExerciseGrpc.getUnaryMethod().getFullMethodName();

	@Property(tries = 2000)
	void chainIsServedOrRefusedInFewWords(@ForAll("headers") String header) {
		CallChain chain = CallChain.arriving(metadata(header), ExerciseGrpc.getUnaryMethod());
		Status refusal = chain.refusal(MAX_DEPTH);
		int depth = header.isEmpty() ? 1 : header.split(",", -1).length + 1;
		assertThat(chain.depth()).isEqualTo(depth);
		boolean refused = depth > MAX_DEPTH || chain.methods().length() > MAX_CHAIN_LENGTH;
		assertThat(refusal != null).isEqualTo(refused);
		if (refusal != null) {
			assertThat(refusal.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(percentEncodedLength(String.valueOf(refusal.getDescription()))).isLessThan(MAX_ANSWER_BYTES);
		}
		else {
			String shown = header.replaceAll("[\u0080-\u00ff]", "\ufffd");
			assertThat(chain.methods()).isEqualTo(header.isEmpty() ? METHOD : shown + "," + METHOD);
		}
	}

	@Provide
	Arbitrary<String> headers() {
		Arbitrary<String> honest = Arbitraries.just(METHOD)
			.list()
			.ofMaxSize(20)
			.map((names) -> String.join(",", names));
		Arbitrary<String> commas = Arbitraries.strings().withChars(",").ofMaxLength(8192);
		Arbitrary<String> noCommas = Arbitraries.strings().withChars("x").ofMaxLength(8192);
		Arbitrary<String> anything = Arbitraries.strings()
			.withChars(",,,x/ \u0000\u007f\n\u00ff\u00e9")
			.ofMaxLength(8192);
		return Arbitraries.oneOf(honest, commas, noCommas, anything);
	}

	/**
	 * As it comes from the wire, where a value is any bytes.
	 */
	private static Metadata metadata(String header) {
		return InternalMetadata.newMetadata(CallChain.HEADER.name().getBytes(StandardCharsets.US_ASCII),
				header.getBytes(StandardCharsets.ISO_8859_1));
	}

	/**
	 * What gRPC makes of a description: three characters of each byte that is not
	 * printable ASCII.
	 */
	private static int percentEncodedLength(String description) {
		int length = 0;
		for (byte character : description.getBytes(StandardCharsets.UTF_8)) {
			length += (character < ' ' || character > '~' || character == '%') ? 3 : 1;
		}
		return length;
	}

}
