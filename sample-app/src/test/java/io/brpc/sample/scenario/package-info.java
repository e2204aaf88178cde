/**
 * Plays the scenarios that the documentation tells of.
 */
@NullMarked
package io.brpc.sample.scenario;

import org.jspecify.annotations.NullMarked;
