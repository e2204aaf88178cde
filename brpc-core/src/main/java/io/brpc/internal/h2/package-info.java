/**
 * The wire brpc/1: gRPC over HTTP/2 on QUIC streams. The only package that knows HTTP/2;
 * it hands a QUIC stream to grpc-netty as the byte channel that it takes for a socket, in
 * either role.
 */
@NullMarked
package io.brpc.internal.h2;

import org.jspecify.annotations.NullMarked;
