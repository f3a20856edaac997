package io.github.udsboot.metrics;

import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.github.udsboot.client.connection.UdsClientStats;
import io.github.udsboot.client.connection.UdsConnectionFactory;

/**
 * Meters of a client. Every meter has the tag {@code client}.
 */
public final class UdsClientMetrics implements MeterBinder {

	private final UdsConnectionFactory connectionFactory;

	/**
	 * Create the meters of a client.
	 * @param connectionFactory the client's connections
	 */
	public UdsClientMetrics(UdsConnectionFactory connectionFactory) {
		this.connectionFactory = connectionFactory;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Tags tags = Tags.of("client", this.connectionFactory.stats().name());
		gauge(registry, "uds.client.connections", "Open connections", tags, UdsClientStats::connections);
		gauge(registry, "uds.client.requests.active", "Requests sent and not answered yet", tags,
				UdsClientStats::requestsInFlight);
		counter(registry, "uds.client.connects", "Connections made", tags, UdsClientStats::connects);
		counter(registry, "uds.client.connect.failures", "Attempts to connect that failed", tags,
				UdsClientStats::connectFailures);
	}

	private void gauge(MeterRegistry registry, String name, String description, Tags tags,
			ToDoubleFunction<UdsClientStats> value) {
		Gauge.builder(name, this.connectionFactory, (connections) -> value.applyAsDouble(connections.stats()))
			.description(description)
			.tags(tags)
			.register(registry);
	}

	private void counter(MeterRegistry registry, String name, String description, Tags tags,
			ToDoubleFunction<UdsClientStats> value) {
		FunctionCounter.builder(name, this.connectionFactory, (connections) -> value.applyAsDouble(connections.stats()))
			.description(description)
			.tags(tags)
			.register(registry);
	}

}
