package io.github.udsboot.autoconfigure;

import java.util.Arrays;
import java.util.List;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.Assert;

/**
 * Checks for {@link ConditionalOnUdsBean @ConditionalOnUdsBean}.
 */
class OnUdsBeanCondition extends SpringBootCondition implements ConfigurationCondition {

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		Assert.state(beanFactory != null, "There must be a bean factory");
		Class<?>[] types = metadata.getAnnotations().get(ConditionalOnUdsBean.class).getClassArray("value");
		List<String> names = Arrays.stream(types)
			.flatMap((type) -> Arrays.stream(beanFactory.getBeanNamesForType(type, true, false)))
			.toList();
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnUdsBean.class);
		return names.isEmpty() ? ConditionOutcome.noMatch(message.didNotFind("any beans").atAll())
				: ConditionOutcome.match(message.found("bean", "beans").items(names));
	}

}
