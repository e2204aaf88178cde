/**
 * The sample as a fleet: clients with names and groups, and a server with a page that
 * shows them and calls them. Only with the profile {@code fleet}.
 */
@NullMarked
package io.brpc.sample.fleet;

import org.jspecify.annotations.NullMarked;
