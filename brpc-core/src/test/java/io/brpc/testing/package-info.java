/**
 * What tests of all modules share: certificates, services, and ways to wait.
 */
@NullMarked
package io.brpc.testing;

import org.jspecify.annotations.NullMarked;
