package io.github.udsboot.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.github.udsboot.autoconfigure.ConditionalOnUdsBean;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.metrics.CallMeterObservationHandler;
import io.github.udsboot.metrics.MicrometerCallRecorderFactory;
import io.github.udsboot.metrics.UdsClientMetrics;
import io.github.udsboot.metrics.UdsListenerMetrics;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for metrics on all available
 * listeners and clients of Unix domain sockets.
 */
@AutoConfiguration(
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
		after = { UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "uds.enabled", matchIfMissing = true)
public final class UdsMetricsAutoConfiguration {

	/**
	 * {@code @Order} of the handler that keeps calls from being timed twice: before
	 * Boot's, which has none, and after those of the application that have one.
	 */
	public static final int CALL_METER_OBSERVATION_HANDLER_ORDER = Ordered.LOWEST_PRECEDENCE - 1000;

	@Bean
	@ConditionalOnMissingBean
	MicrometerCallRecorderFactory udsMicrometerCallRecorderFactory(MeterRegistry registry) {
		return new MicrometerCallRecorderFactory(registry);
	}

	@Bean
	@Order(CALL_METER_OBSERVATION_HANDLER_ORDER)
	@ConditionalOnMissingBean
	CallMeterObservationHandler udsCallMeterObservationHandler(MeterRegistry registry) {
		return new CallMeterObservationHandler(registry);
	}

	@Bean
	@ConditionalOnUdsBean(UdsListenerContainer.class)
	@ConditionalOnMissingBean(value = UdsListenerMetrics.class, name = "udsListenerMetrics")
	MeterBinder udsListenerMetrics(ObjectProvider<UdsListenerContainer> containers) {
		return (registry) -> containers.stream(ObjectProvider.UNFILTERED)
			.forEach((container) -> new UdsListenerMetrics(container).bindTo(registry));
	}

	@Bean
	@ConditionalOnUdsBean(UdsTemplate.class)
	@ConditionalOnMissingBean(value = UdsClientMetrics.class, name = "udsClientMetrics")
	MeterBinder udsClientMetrics(ObjectProvider<UdsTemplate> templates) {
		return (registry) -> templates.stream(ObjectProvider.UNFILTERED)
			.forEach((template) -> new UdsClientMetrics(template.getConnectionFactory()).bindTo(registry));
	}

}
