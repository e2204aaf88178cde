/**
 * Makes load, and measures what it does to a process. Knows no product.
 */
@NullMarked
package io.brpc.benchmark.load;

import org.jspecify.annotations.NullMarked;
