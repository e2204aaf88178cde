/**
 * Tests of the test support.
 */
@NullMarked
package io.brpc.spring.boot.test;

import org.jspecify.annotations.NullMarked;
