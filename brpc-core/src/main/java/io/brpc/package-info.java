/**
 * What applications name: connections, their IDs and registry, and stubs that call a
 * connected client.
 */
@NullMarked
package io.brpc;

import org.jspecify.annotations.NullMarked;
