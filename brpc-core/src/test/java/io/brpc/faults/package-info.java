/**
 * What goes wrong, and what is done on purpose to make it go wrong: each test breaks
 * something and shows that calls end, that nobody else notices and that nothing is left.
 */
@NullMarked
package io.brpc.faults;

import org.jspecify.annotations.NullMarked;
