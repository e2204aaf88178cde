/**
 * Tests of applications that use brpc: a server on a free port, and clients that can be
 * disconnected, delayed and rebound.
 */
@NullMarked
package io.brpc.spring.boot.test;

import org.jspecify.annotations.NullMarked;
