/**
 * Plays what happens to a server and its clients in processes of their own. Only with the
 * profile {@code scenario}.
 */
@NullMarked
package io.brpc.sample.scenario;

import org.jspecify.annotations.NullMarked;
