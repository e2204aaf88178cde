/**
 * What goes wrong in networks and machines, and what is done by people who mean ill: each
 * test does one thing to a server and its clients while they call each other.
 */
@NullMarked
package io.brpc.faults;

import org.jspecify.annotations.NullMarked;
