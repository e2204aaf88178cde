package io.brpc.spring.boot.autoconfigure;

import org.springframework.boot.grpc.client.autoconfigure.GrpcClientProperties;
import org.springframework.core.env.Environment;

/**
 * What a target of Spring gRPC stands for: the name of a channel in
 * {@code spring.grpc.client.channel} for that channel's target, any other for itself.
 * Immutable.
 *
 * @param properties the channels
 * @param environment resolves placeholders in targets
 */
record ChannelTargets(GrpcClientProperties properties, Environment environment) {

	String resolve(String target) {
		GrpcClientProperties.Channel channel = this.properties.getChannel().get(target);
		return this.environment.resolvePlaceholders((channel != null) ? channel.getTarget() : target);
	}

}
