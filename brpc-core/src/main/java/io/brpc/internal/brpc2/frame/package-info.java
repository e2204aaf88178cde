/**
 * The frames of {@code brpc/2}: bytes to fields and back, without I/O.
 */
@NullMarked
package io.brpc.internal.brpc2.frame;

import org.jspecify.annotations.NullMarked;
