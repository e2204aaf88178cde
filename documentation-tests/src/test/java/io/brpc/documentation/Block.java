package io.brpc.documentation;

/**
 * A piece of code in a document. Immutable.
 *
 * @param document the path of the document
 * @param line the line of the opening fence, or of a span, from 1
 * @param language what the fence names, empty if it names nothing
 * @param text the code, without its fences
 */
record Block(String document, int line, String language, String text) {

	String place(long offset) {
		return this.document + ":" + (this.line + offset);
	}

	@Override
	public String toString() {
		return place(0) + " " + this.language;
	}

}
