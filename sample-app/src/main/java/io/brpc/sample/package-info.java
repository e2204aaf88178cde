/**
 * A server that calls back the client that calls it.
 */
@NullMarked
package io.brpc.sample;

import org.jspecify.annotations.NullMarked;
