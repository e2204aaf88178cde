/**
 * Runs the sample as users do, in processes of its own.
 */
@NullMarked
package io.brpc.sample;

import org.jspecify.annotations.NullMarked;
