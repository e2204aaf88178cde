/**
 * Peers that this project did not write: the Go library whose wire we speak, gRPC's own
 * interop suite, an independent QUIC stack, and an HTTP/2 conformance suite.
 */
@NullMarked
package io.brpc.interop;

import org.jspecify.annotations.NullMarked;
