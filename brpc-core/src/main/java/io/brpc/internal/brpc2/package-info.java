/**
 * The wire {@code brpc/2}: gRPC calls in both directions as lean frames on QUIC streams,
 * on gRPC's public API. {@code docs/wire.md} says what travels.
 */
@NullMarked
package io.brpc.internal.brpc2;

import org.jspecify.annotations.NullMarked;
