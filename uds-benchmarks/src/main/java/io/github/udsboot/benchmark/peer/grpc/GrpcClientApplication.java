package io.github.udsboot.benchmark.peer.grpc;

import io.grpc.netty.NettyChannelBuilder;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;

/**
 * The client.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
		CompositeChannelFactoryAutoConfiguration.class })
class GrpcClientApplication {

	/** For a Unix domain socket the factory leaves TLS switched on. */
	@Bean
	GrpcChannelBuilderCustomizer<NettyChannelBuilder> plaintext() {
		return (target, builder) -> builder.usePlaintext();
	}

	@Bean
	@ConditionalOnBooleanProperty(GrpcPeer.DIRECT)
	GrpcChannelBuilderCustomizer<NettyChannelBuilder> directExecutor() {
		return (target, builder) -> builder.directExecutor();
	}

}
