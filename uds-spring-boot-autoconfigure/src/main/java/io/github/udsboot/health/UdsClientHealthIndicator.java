package io.github.udsboot.health;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.connection.Reachability;
import io.github.udsboot.client.connection.UdsClientStats;
import io.github.udsboot.client.connection.UdsConnectionFactory;

/**
 * Health of a client: up while it has a connection to its server, or could have one. It
 * is determined by connecting only if that harms no server, or was requested; if it
 * cannot be determined otherwise, the health is unknown.
 */
public class UdsClientHealthIndicator extends AbstractHealthIndicator {

	private final UdsConnectionFactory connectionFactory;

	/**
	 * Create an indicator.
	 * @param template the client
	 */
	public UdsClientHealthIndicator(UdsTemplate template) {
		super("The health check of the client failed");
		this.connectionFactory = template.getConnectionFactory();
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		UdsClientStats stats = this.connectionFactory.stats();
		builder.withDetail("path", stats.address());
		builder.withDetail("connections", stats.connections());
		Reachability server = this.connectionFactory.reachability();
		switch (server.state()) {
			case REACHABLE -> builder.up().withDetail("server", server.description());
			case UNKNOWN -> builder.unknown().withDetail("server", server.description());
			case UNREACHABLE -> builder.down().withDetail("error", server.description());
		}
	}

}
