package io.brpc.internal.connection;

import io.brpc.AdmissionLimits;
import io.brpc.ConnectionAuthenticator;
import org.jspecify.annotations.Nullable;

/**
 * Which clients a server lets in. Immutable.
 *
 * @param limits how many
 * @param authenticator decides who they are; null if their certificates do
 */
public record AdmissionSettings(AdmissionLimits limits, @Nullable ConnectionAuthenticator authenticator) {

}
