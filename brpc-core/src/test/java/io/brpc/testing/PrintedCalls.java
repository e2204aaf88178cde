package io.brpc.testing;

import java.io.PrintStream;

import io.grpc.Status;

/**
 * Writes what happens to calls as lines, for the ledger of the process that reads them. A
 * handler's line is out before the handler runs, so it is not lost with the process.
 * <p>
 * Safe for use by any thread, as its stream is.
 */
final class PrintedCalls implements CallEvents {

	private static final String CALLED = "CALLED";

	private static final String ENDED = "ENDED";

	private static final String HANDLER_RAN = "HANDLER_RAN";

	private static final String HANDLER_ENDED = "HANDLER_ENDED";

	private final PrintStream out;

	PrintedCalls(PrintStream out) {
		this.out = out;
	}

	@Override
	public void called(String number, String method) {
		this.out.println(CALLED + " " + number + " " + method);
	}

	@Override
	public void ended(String number, Status status) {
		String words = (status.getDescription() != null) ? status.getDescription().replaceAll("\\s+", " ") : "";
		this.out.println(ENDED + " " + number + " " + status.getCode() + " " + words);
	}

	@Override
	public void handlerRan(String number, String method) {
		this.out.println(HANDLER_RAN + " " + number + " " + method);
	}

	@Override
	public void handlerEnded(String number) {
		this.out.println(HANDLER_ENDED + " " + number);
	}

	/**
	 * Tells what a line says.
	 * @param line a line
	 * @param events told of it
	 * @return whether the line is one of a call
	 */
	static boolean read(String line, CallEvents events) {
		String[] words = line.split(" ", 4);
		switch (words[0]) {
			case CALLED -> events.called(words[1], words[2]);
			case ENDED -> events.ended(words[1], Status.Code.valueOf(words[2]).toStatus().withDescription(words[3]));
			case HANDLER_RAN -> events.handlerRan(words[1], words[2]);
			case HANDLER_ENDED -> events.handlerEnded(words[1]);
			default -> {
				return false;
			}
		}
		return true;
	}

}
