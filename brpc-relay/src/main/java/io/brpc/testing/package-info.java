/**
 * A bad network on this machine, for tests.
 */
@NullMarked
package io.brpc.testing;

import org.jspecify.annotations.NullMarked;
