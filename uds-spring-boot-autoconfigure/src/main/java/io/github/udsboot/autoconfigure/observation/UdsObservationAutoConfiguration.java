package io.github.udsboot.autoconfigure.observation;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.github.udsboot.observation.ObservationClientInterceptor;
import io.github.udsboot.observation.ObservationServerInterceptor;
import io.github.udsboot.observation.UdsClientObservationConvention;
import io.github.udsboot.observation.UdsServerObservationConvention;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the observation of calls, by
 * which a trace passes through a socket.
 */
@AutoConfiguration(
		afterName = { "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration" })
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "uds.enabled", matchIfMissing = true)
@Conditional(OnObservationHandlerCondition.class)
public final class UdsObservationAutoConfiguration {

	/** Directly inside of what an application puts first, as for Boot's web filter. */
	private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 1;

	@Bean
	@Order(ORDER)
	@ConditionalOnMissingBean
	ObservationServerInterceptor udsObservationServerInterceptor(ObservationRegistry registry,
			ObjectProvider<UdsServerObservationConvention> convention) {
		return new ObservationServerInterceptor(registry, convention.getIfAvailable());
	}

	@Bean
	@Order(ORDER)
	@ConditionalOnMissingBean
	ObservationClientInterceptor udsObservationClientInterceptor(ObservationRegistry registry,
			ObjectProvider<UdsClientObservationConvention> convention) {
		return new ObservationClientInterceptor(registry, convention.getIfAvailable());
	}

}
