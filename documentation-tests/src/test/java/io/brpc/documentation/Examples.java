package io.brpc.documentation;

/**
 * What has to be true of the examples in one language.
 */
interface Examples {

	/**
	 * Fails with the place and the reason if an example is not what it should be.
	 * @param block the example
	 */
	void check(Block block);

}
