/**
 * The side that dials: a gRPC channel to a server, over a connection on which the server
 * can call back.
 */
@NullMarked
package io.brpc.client;

import org.jspecify.annotations.NullMarked;
