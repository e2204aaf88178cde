/**
 * Looks at the fleet's page as people do, in a real browser.
 */
@NullMarked
package io.brpc.sample.fleet;

import org.jspecify.annotations.NullMarked;
