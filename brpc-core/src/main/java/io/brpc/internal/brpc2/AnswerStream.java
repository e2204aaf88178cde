package io.brpc.internal.brpc2;

import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.brpc.internal.brpc2.frame.SmallFrames;
import io.brpc.internal.brpc2.frame.Varint;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * An answer that is too large for the lane of its call, on its way to a stream of its
 * own. Event-loop confined.
 */
final class AnswerStream implements StreamOpener.Opening {

	private final CallSession session;

	private final Answer answer;

	private final int maxMetadata;

	AnswerStream(CallSession session, Answer answer, int maxMetadata) {
		this.session = session;
		this.answer = answer;
		this.maxMetadata = maxMetadata;
	}

	/**
	 * It always does: a call has to be answered.
	 */
	@Override
	public boolean isWanted() {
		return true;
	}

	@Override
	public void opened(QuicStreamChannel stream) {
		StreamOutput output = new StreamOutput(this.session, stream, (count) -> {
		});
		ByteBuf out = output.buffer();
		out.writeByte(StreamKind.ANSWER);
		Varint.write(out, this.answer.number());
		write(output, out);
		output.end();
	}

	private void write(StreamOutput output, ByteBuf out) {
		Answer answer = this.answer;
		Payload message = answer.message();
		if (message == null) {
			answer.write(out, this.maxMetadata);
			return;
		}
		output.charge(message.length());
		int before = out.writerIndex();
		try {
			if (!answer.headers().isEmpty()) {
				SmallFrames.writeHeaders(out, answer.headers());
			}
			SmallFrames.writeMessageHead(out, message.encoding(), message.length());
			message.writeTo(out);
			new Answer(answer.number(), Encoded.NONE, null, answer.status(), false, answer.trailers()).write(out,
					this.maxMetadata);
		}
		catch (RuntimeException ex) {
			out.writerIndex(before);
			Answer.failed(answer.number(), Status.fromThrowable(ex), false).write(out, this.maxMetadata);
		}
	}

}
