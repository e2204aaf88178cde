package io.brpc.internal.brpc2;

import io.brpc.internal.brpc2.frame.CallHead;
import io.brpc.internal.brpc2.frame.MetadataCodec.Encoded;
import io.brpc.internal.brpc2.frame.Varint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * What a peer that breaks a rule writes. Not instantiable.
 */
final class RawFrames {

	private RawFrames() {
	}

	static ByteBuf control(byte[]... frames) {
		return stream(StreamKind.CONTROL, frames);
	}

	static ByteBuf settled(byte[]... frames) {
		ByteBuf bytes = Unpooled.buffer().writeByte(StreamKind.CONTROL);
		RawSessionPeer.SETTINGS.write(bytes);
		return bytes.writeBytes(Unpooled.wrappedBuffer(frames));
	}

	static ByteBuf stream(int kind, byte[]... frames) {
		return Unpooled.buffer().writeByte(kind).writeBytes(Unpooled.wrappedBuffer(frames));
	}

	static byte[] frame(int type, int... body) {
		byte[] frame = new byte[2 + body.length];
		frame[0] = (byte) (1 + body.length);
		frame[1] = (byte) type;
		for (int i = 0; i < body.length; i++) {
			frame[2 + i] = (byte) body[i];
		}
		return frame;
	}

	static byte[] call(long number, int method, byte[] path) {
		ByteBuf bytes = Unpooled.buffer();
		long length = CallHead.frameLength(number, method, path, -1, Encoded.NONE, null, -1, 0);
		CallHead.write(bytes, length, number, method, path, -1, Encoded.NONE, null, -1);
		byte[] frame = new byte[bytes.readableBytes()];
		bytes.readBytes(frame);
		return frame;
	}

	static byte[] claim(long length, int type) {
		ByteBuf bytes = Unpooled.buffer();
		Varint.write(bytes, length);
		byte[] frame = new byte[bytes.readableBytes() + 1];
		bytes.readBytes(frame, 0, frame.length - 1);
		frame[frame.length - 1] = (byte) type;
		return frame;
	}

}
