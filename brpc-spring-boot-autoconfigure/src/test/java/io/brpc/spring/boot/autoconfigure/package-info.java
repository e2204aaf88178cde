/**
 * Tests of the auto-configuration.
 */
@NullMarked
package io.brpc.spring.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
