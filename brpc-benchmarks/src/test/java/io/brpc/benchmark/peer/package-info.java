/**
 * What runs in a process of its own: one end of one of the products that are compared.
 */
@NullMarked
package io.brpc.benchmark.peer;

import org.jspecify.annotations.NullMarked;
