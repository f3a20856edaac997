package io.github.udsboot.health;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import io.github.udsboot.client.UdsClientStats;
import io.github.udsboot.client.UdsConnectionFactory;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.transport.ConnectFailedException;

/**
 * Health of a client: up when it can connect to its server, which is proved by
 * connecting.
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
		try {
			this.connectionFactory.probe();
			builder.up();
		}
		catch (ConnectFailedException ex) {
			builder.down().withDetail("error", String.valueOf(ex.getMessage()));
		}
	}

}
