package io.brpc.internal.connection;

import io.brpc.AdmissionLimits;
import io.brpc.ConnectionAuthenticator;
import io.brpc.DuplicatePrincipal;
import org.jspecify.annotations.Nullable;

/**
 * Which clients a server lets in. Immutable.
 *
 * @param limits how many
 * @param authenticator decides who they are; null if their certificates do
 * @param duplicates what to do with a client that is connected already
 */
public record AdmissionSettings(AdmissionLimits limits, @Nullable ConnectionAuthenticator authenticator,
		DuplicatePrincipal duplicates) {

}
