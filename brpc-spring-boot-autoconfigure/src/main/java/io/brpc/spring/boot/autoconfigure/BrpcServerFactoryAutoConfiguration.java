package io.brpc.spring.boot.autoconfigure;

import io.brpc.server.BrpcServer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.server.GrpcServerFactory;

/**
 * Makes QUIC the one transport of the application's gRPC services, unless TCP is asked
 * for: Boot's network servers back off because the brpc server's factory is there first.
 * Its in-process server does not.
 */
@AutoConfiguration(before = GrpcServerAutoConfiguration.class)
@ConditionalOnClass({ BrpcServer.class, GrpcServerFactory.class, GrpcServerAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "brpc.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty("brpc.server.enabled")
@Conditional(OnlyQuicCondition.class)
@Import(BrpcServerFactoryConfiguration.class)
public final class BrpcServerFactoryAutoConfiguration {

}
