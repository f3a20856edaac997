package io.github.udsboot.autoconfigure.health;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.SimpleAutowireCandidateResolver;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.github.udsboot.autoconfigure.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.health.UdsClientHealthIndicator;
import io.github.udsboot.health.UdsHealthIndicator;
import io.github.udsboot.listener.UdsListenerContainer;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of listeners and
 * clients of Unix domain sockets.
 */
@AutoConfiguration(after = { UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class })
@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("uds")
@Conditional(UdsHealthContributorAutoConfiguration.OnListenerOrClient.class)
public final class UdsHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "udsHealthIndicator", "udsHealthContributor" })
	HealthContributor udsHealthContributor(ConfigurableListableBeanFactory beanFactory) {
		Map<String, HealthContributor> sides = new LinkedHashMap<>();
		add(sides, "listener", beanFactory, UdsListenerContainer.class, UdsHealthIndicator::new);
		add(sides, "client", beanFactory, UdsTemplate.class, UdsClientHealthIndicator::new);
		return (sides.size() == 1) ? sides.values().iterator().next() : CompositeHealthContributor.fromMap(sides);
	}

	private static <T> void add(Map<String, HealthContributor> sides, String name,
			ConfigurableListableBeanFactory beanFactory, Class<T> type, Function<T, HealthContributor> indicators) {
		Map<String, T> beans = SimpleAutowireCandidateResolver.resolveAutowireCandidates(beanFactory, type);
		if (beans.size() == 1) {
			sides.put(name, indicators.apply(beans.values().iterator().next()));
		}
		else if (!beans.isEmpty()) {
			sides.put(name, CompositeHealthContributor.fromMap(beans, indicators));
		}
	}

	static class OnListenerOrClient extends AnyNestedCondition {

		OnListenerOrClient() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnBean(UdsListenerContainer.class)
		static class Listener {

		}

		@ConditionalOnBean(UdsTemplate.class)
		static class Client {

		}

	}

}
