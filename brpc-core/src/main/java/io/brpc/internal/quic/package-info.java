/**
 * The only package that configures Netty's QUIC codec: listener, dialer, TLS, address
 * tokens, event loops and the mapping of QUIC's errors.
 */
@NullMarked
package io.brpc.internal.quic;

import org.jspecify.annotations.NullMarked;
