package io.brpc.internal.brpc2.frame;

/**
 * The numbers and names of frame types. They are numbers rather than an enum because one
 * that is not among them is as good as any: its frame is skipped. Not instantiable.
 */
public final class FrameType {

	/** What an end allows. */
	public static final int SETTINGS = 0x01;

	/** No new calls, please. */
	public static final int GOAWAY = 0x02;

	/** A question for a sign of life. */
	public static final int PING = 0x03;

	/** The sign of life. */
	public static final int PONG = 0x04;

	/** All calls are answered, and no new ones come. */
	public static final int DONE = 0x05;

	/** The beginning of a call. */
	public static final int CALL = 0x10;

	/** The end of a call. */
	public static final int ANSWER = 0x11;

	/** Initial metadata of an answer. */
	public static final int HEADERS = 0x12;

	/** A message of a call that has a stream of its own. */
	public static final int MESSAGE = 0x13;

	/** The caller sends no more messages. */
	public static final int HALF_CLOSE = 0x14;

	/** The caller has lost interest. */
	public static final int CANCEL = 0x15;

	/** The receiver of a call's messages takes more of them. */
	public static final int CREDIT = 0x16;

	/** Of no meaning, so that every receiver skips it: bytes that a FIN travels with. */
	public static final int NOTHING = 0x7f;

	private FrameType() {
	}

	/**
	 * Returns the name of a type.
	 * @param type a number below 256
	 * @return such as {@code CALL}, or the number for an unknown type
	 */
	public static String name(int type) {
		return switch (type) {
			case SETTINGS -> "SETTINGS";
			case GOAWAY -> "GOAWAY";
			case PING -> "PING";
			case PONG -> "PONG";
			case DONE -> "DONE";
			case CALL -> "CALL";
			case ANSWER -> "ANSWER";
			case HEADERS -> "HEADERS";
			case MESSAGE -> "MESSAGE";
			case HALF_CLOSE -> "HALF_CLOSE";
			case CANCEL -> "CANCEL";
			case CREDIT -> "CREDIT";
			default -> "frame of type 0x" + Integer.toHexString(type);
		};
	}

}
