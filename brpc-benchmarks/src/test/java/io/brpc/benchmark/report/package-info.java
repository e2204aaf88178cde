/**
 * What came out: figures of runs, comparisons that may be refused, tables and plots.
 */
@NullMarked
package io.brpc.benchmark.report;

import org.jspecify.annotations.NullMarked;
