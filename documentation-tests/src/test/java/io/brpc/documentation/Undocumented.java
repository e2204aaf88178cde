package io.brpc.documentation;

public final class Undocumented {

	public void bare() {
	}

	/**
	 * Returns one of them.
	 * @param one the one
	 */
	public String half(String one, String other) {
		return (one.length() > other.length()) ? one : other;
	}

	void hidden() {
	}

}
