package io.github.udsboot.autoconfigure.security;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.ResolvableType;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.util.Assert;

import io.github.udsboot.interceptor.UdsServerRequest;

/**
 * Whether a bean decides who may send which requests. Others of its class, for HTTP
 * requests for instance, do not count.
 */
class OnRequestAuthorizationManagerCondition extends SpringBootCondition implements ConfigurationCondition {

	/** The type of such a bean. */
	static final ResolvableType TYPE = ResolvableType.forClassWithGenerics(AuthorizationManager.class,
			UdsServerRequest.class);

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		Assert.state(beanFactory != null, "There must be a bean factory");
		String[] names = beanFactory.getBeanNamesForType(TYPE, true, false);
		ConditionMessage.Builder message = ConditionMessage.forCondition("Authorization of requests");
		return (names.length == 0) ? ConditionOutcome.noMatch(message.didNotFind("any beans of type " + TYPE).atAll())
				: ConditionOutcome.match(message.found("bean", "beans").items((Object[]) names));
	}

}
