package io.github.udsboot.benchmark.peer.grpc;

import io.grpc.BindableService;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerServicesAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The server.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ SslAutoConfiguration.class, GrpcServerServicesAutoConfiguration.class,
		GrpcServerAutoConfiguration.class })
class GrpcServerApplication {

	@Bean
	BindableService echoService() {
		return new EchoService();
	}

	@Bean
	@ConditionalOnBooleanProperty(GrpcPeer.DIRECT)
	GrpcServerExecutorProvider directExecutor() {
		return () -> Runnable::run;
	}

}
