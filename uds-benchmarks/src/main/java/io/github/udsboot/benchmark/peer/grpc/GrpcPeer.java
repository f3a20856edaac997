package io.github.udsboot.benchmark.peer.grpc;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.github.udsboot.benchmark.load.EchoClient;
import io.github.udsboot.benchmark.peer.Peer;
import io.github.udsboot.benchmark.peer.RunningServer;

/**
 * Spring Boot's gRPC, as it is configured by itself or with direct executors.
 */
public final class GrpcPeer implements Peer {

	/** The property that has both sides call on their event loops. */
	static final String DIRECT = "benchmark.grpc.direct";

	private final boolean direct;

	/**
	 * Create a peer.
	 * @param direct whether both sides call on their event loops
	 */
	public GrpcPeer(boolean direct) {
		this.direct = direct;
	}

	@Override
	public RunningServer serve(String address) {
		ConfigurableApplicationContext context = run(GrpcServerApplication.class,
				"spring.grpc.server.netty.domain-socket-path=" + address);
		return new RunningServer(address, context::close);
	}

	@Override
	public EchoClient connect(String address, int connections) {
		ConfigurableApplicationContext context = run(GrpcClientApplication.class,
				"spring.grpc.client.channel.default.target=unix:" + address);
		return new GrpcEchoClient(context.getBean(GrpcChannelFactory.class).createChannel("default"), context);
	}

	private ConfigurableApplicationContext run(Class<?> application, String property) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.properties(property, DIRECT + "=" + this.direct)
			.run();
	}

}
