/**
 * Tests of what an operator sees.
 */
@NullMarked
package io.brpc.spring.boot.autoconfigure.observability;

import org.jspecify.annotations.NullMarked;
