/**
 * One connection from handshake to close: its state, its two gRPC streams, its identity,
 * and the registry of those that are ready.
 */
@NullMarked
package io.brpc.internal.connection;

import org.jspecify.annotations.NullMarked;
