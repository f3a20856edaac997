package io.github.udsboot.health;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerStats;

/**
 * Health of a listener: up if a client can connect to its socket, which the listener
 * determines without connecting to itself. A listener that was not started, for instance
 * for lack of handlers, says nothing about the health of the application.
 */
public class UdsHealthIndicator extends AbstractHealthIndicator {

	private final UdsListenerContainer container;

	/**
	 * Create an indicator.
	 * @param container the listener
	 */
	public UdsHealthIndicator(UdsListenerContainer container) {
		super("The health check of the listener failed");
		this.container = container;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		UdsListenerStats stats = this.container.stats();
		builder.withDetail("path", stats.address());
		builder.withDetail("state", stats.state());
		builder.withDetail("connections", stats.connections());
		switch (stats.state()) {
			case STOPPED -> builder.unknown();
			case DRAINING -> builder.outOfService();
			case ADDRESS_GONE -> builder.down().withDetail("error", "The socket file was removed");
			case ADDRESS_FOREIGN ->
				builder.down().withDetail("error", "Another file stands where the socket file was; it is left alone");
			case RUNNING -> look(builder);
		}
	}

	private void look(Health.Builder builder) {
		String obstacle = this.container.findObstacle();
		if (obstacle == null) {
			builder.up();
		}
		else {
			builder.down().withDetail("error", obstacle);
		}
	}

}
