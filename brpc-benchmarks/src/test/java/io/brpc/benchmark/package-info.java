/**
 * The benchmark: starts the processes, runs the loads by turns, compares what came out,
 * and writes it down.
 */
@NullMarked
package io.brpc.benchmark;

import org.jspecify.annotations.NullMarked;
