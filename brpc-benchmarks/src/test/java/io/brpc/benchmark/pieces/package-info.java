/**
 * Hot pieces alone, under JMH.
 */
@NullMarked
package io.brpc.benchmark.pieces;

import org.jspecify.annotations.NullMarked;
