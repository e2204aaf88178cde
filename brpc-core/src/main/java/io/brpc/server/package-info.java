/**
 * The side that listens: a gRPC server whose handlers can call the client that calls
 * them.
 */
@NullMarked
package io.brpc.server;

import org.jspecify.annotations.NullMarked;
