/**
 * What an operator sees of brpc: meters, observations, log context, health and the
 * actuator endpoint.
 */
@NullMarked
package io.brpc.spring.boot.autoconfigure.observability;

import org.jspecify.annotations.NullMarked;
