package io.github.udsboot.autoconfigure.observation;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationHandler;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

import io.github.udsboot.metrics.CallMeterObservationHandler;

/**
 * Whether calls are observed: as the property says or, if it is not set, unless meters
 * would be the only result. Calls have timers of their own, at a tenth of the cost.
 */
class OnObservationHandlerCondition extends SpringBootCondition implements ConfigurationCondition {

	private static final String PROPERTY = "uds.observation.enabled";

	private static final boolean METERS_PRESENT = ClassUtils.isPresent(
			"io.micrometer.core.instrument.observation.MeterObservationHandler",
			OnObservationHandlerCondition.class.getClassLoader());

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Observation handlers");
		Boolean enabled = context.getEnvironment().getProperty(PROPERTY, Boolean.class);
		if (enabled != null) {
			return new ConditionOutcome(enabled, message.foundExactly("'" + PROPERTY + "' " + enabled));
		}
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		Assert.state(beanFactory != null, "There must be a bean factory");
		List<String> handlers = new ArrayList<>(
				List.of(beanFactory.getBeanNamesForType(ObservationHandler.class, true, false)));
		List<String> meters = METERS_PRESENT ? Meters.namesIn(beanFactory) : List.of();
		if (METERS_PRESENT) {
			handlers.removeAll(Meters.oursIn(beanFactory));
		}
		boolean onlyMeters = !handlers.isEmpty() && meters.containsAll(handlers);
		return onlyMeters ? ConditionOutcome.noMatch(message.because("there are only those of meters"))
				: ConditionOutcome.match(message.found("handler", "handlers")
					.items(handlers.stream().filter((name) -> !meters.contains(name)).toList()));
	}

	/** A separate class, since Micrometer's meters may be absent. */
	private static final class Meters {

		static List<String> namesIn(ConfigurableListableBeanFactory beanFactory) {
			return List.of(beanFactory.getBeanNamesForType(MeterObservationHandler.class, true, false));
		}

		/**
		 * Creates no meters, and exists whichever other handlers of observations there
		 * are.
		 */
		static List<String> oursIn(ConfigurableListableBeanFactory beanFactory) {
			return List.of(beanFactory.getBeanNamesForType(CallMeterObservationHandler.class, true, false));
		}

	}

}
