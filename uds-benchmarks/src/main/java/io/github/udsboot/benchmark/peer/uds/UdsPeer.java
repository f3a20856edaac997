package io.github.udsboot.benchmark.peer.uds;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.udsboot.benchmark.load.EchoClient;
import io.github.udsboot.benchmark.peer.Peer;
import io.github.udsboot.benchmark.peer.RunningServer;
import io.github.udsboot.client.UdsTemplate;

/**
 * Ours, as the starter configures it, with a meter registry.
 */
public final class UdsPeer implements Peer {

	/** The route of the echo. */
	public static final String ECHO_ROUTE = EchoHandler.ECHO;

	private final Class<?> server;

	private final List<String> properties;

	/**
	 * Create a peer.
	 * @param properties of both applications, beside the path of the socket
	 */
	public UdsPeer(String... properties) {
		this(UdsServerApplication.class, properties);
	}

	private UdsPeer(Class<?> server, String... properties) {
		this.server = server;
		this.properties = List.of(properties);
	}

	/**
	 * Create a peer whose server has Spring Security.
	 * @return the peer
	 */
	public static UdsPeer secured() {
		return new UdsPeer(SecuredServerApplication.class);
	}

	@Override
	public RunningServer serve(String address) {
		ConfigurableApplicationContext context = run(this.server, List.of("uds.socket.path=" + address));
		return new RunningServer(address, context::close);
	}

	@Override
	public EchoClient connect(String address, int connections) {
		List<String> own = new ArrayList<>(List.of("uds.client.path=" + address));
		if (connections > 0) {
			own.add("uds.client.max-connections=" + connections);
		}
		ConfigurableApplicationContext context = run(UdsClientApplication.class, own);
		return new UdsEchoClient(context.getBean(UdsTemplate.class), context);
	}

	private ConfigurableApplicationContext run(Class<?> application, List<String> own) {
		List<String> all = new ArrayList<>(this.properties);
		all.addAll(own);
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.properties(all.toArray(String[]::new))
			.run();
	}

}
