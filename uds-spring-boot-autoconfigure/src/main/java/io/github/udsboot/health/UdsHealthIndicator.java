package io.github.udsboot.health;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.listener.UdsListenerStats;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.UdsTransports;

/**
 * Health of a listener: up when a client can connect to its socket, which is proved by
 * connecting. A listener that was not started, for instance for want of handlers, says
 * nothing about the health of the application.
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
			case RUNNING -> connect(builder);
		}
	}

	private void connect(Health.Builder builder) {
		UdsListenerOptions options = this.container.getOptions();
		try {
			// Never waits: either there is room in the backlog now, or there is not
			UdsTransports.select(options.getTransport(), options.getAddress()).connect(options.getAddress()).close();
			builder.up();
		}
		catch (ConnectFailedException ex) {
			builder.down().withDetail("error", String.valueOf(ex.getMessage()));
		}
	}

}
