package io.github.udsboot.metrics;

import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerStats;

/**
 * Meters of a listener. Every meter has the tag {@code listener}.
 */
public final class UdsListenerMetrics implements MeterBinder {

	private final UdsListenerContainer container;

	private final Tags tags;

	/**
	 * Create the meters of a listener.
	 * @param container the listener
	 */
	public UdsListenerMetrics(UdsListenerContainer container) {
		this.container = container;
		this.tags = Tags.of("listener", container.getOptions().getName());
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		gauge(registry, "uds.server.connections", "Open connections", UdsListenerStats::connections);
		gauge(registry, "uds.server.requests.active", "Requests accepted and not answered yet",
				UdsListenerStats::requestsInFlight);
		gauge(registry, "uds.server.handler.threads",
				"Platform threads that handlers occupy beside those of the event loops",
				UdsListenerStats::handlerThreads);
		bytes(registry, "uds.server.memory.used", "Memory held for peers", UdsListenerStats::memoryUsed);
		bytes(registry, "uds.server.memory.max", "Memory that may be held for peers", UdsListenerStats::memoryLimit);
		counter(registry, "uds.server.connections.accepted", "Connections accepted, those refused included", this.tags,
				UdsListenerStats::accepted);
		counter(registry, "uds.server.accept.failures",
				"Failures to accept a connection, for want of descriptors mostly", this.tags,
				UdsListenerStats::acceptFailures);
		counter(registry, "uds.server.handovers", "Handlers that lasted, so that their event loop was handed over",
				this.tags, UdsListenerStats::handovers);
		counters(registry, "uds.server.connections.refused", "Connections refused before a byte was read",
				UdsListenerStats::refused);
		counters(registry, "uds.server.connections.closed", "Connections closed", UdsListenerStats::closed);
	}

	private void gauge(MeterRegistry registry, String name, String description,
			ToDoubleFunction<UdsListenerStats> value) {
		Gauge.builder(name, this.container, (container) -> value.applyAsDouble(container.stats()))
			.description(description)
			.tags(this.tags)
			.register(registry);
	}

	private void bytes(MeterRegistry registry, String name, String description,
			ToDoubleFunction<UdsListenerStats> value) {
		Gauge.builder(name, this.container, (container) -> value.applyAsDouble(container.stats()))
			.description(description)
			.baseUnit(BaseUnits.BYTES)
			.tags(this.tags)
			.register(registry);
	}

	private void counter(MeterRegistry registry, String name, String description, Tags tags,
			ToDoubleFunction<UdsListenerStats> value) {
		FunctionCounter.builder(name, this.container, (container) -> value.applyAsDouble(container.stats()))
			.description(description)
			.tags(tags)
			.register(registry);
	}

	/**
	 * Register one counter for every reason, so that a rate is available from the start.
	 */
	private <R extends Enum<R>> void counters(MeterRegistry registry, String name, String description,
			Function<UdsListenerStats, Map<R, Long>> values) {
		for (Enum<R> reason : values.apply(this.container.stats()).keySet()) {
			counter(registry, name, description, this.tags.and(Tag.of("reason", reason.name())),
					(stats) -> values.apply(stats).getOrDefault(reason, 0L));
		}
	}

}
