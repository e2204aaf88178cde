/**
 * Spring Boot for brpc: what {@code brpc.*} properties, {@code @BrpcClientService} beans
 * and {@code ClientStub} injection points become.
 */
@NullMarked
package io.brpc.spring.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
