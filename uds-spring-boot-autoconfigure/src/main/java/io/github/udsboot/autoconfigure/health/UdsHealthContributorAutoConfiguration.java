package io.github.udsboot.autoconfigure.health;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.SimpleAutowireCandidateResolver;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

import io.github.udsboot.autoconfigure.ConditionalOnUdsBean;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
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
@ConditionalOnUdsBean({ UdsListenerContainer.class, UdsTemplate.class })
public final class UdsHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "udsHealthIndicator", "udsHealthContributor" })
	HealthContributor udsHealthContributor(ConfigurableListableBeanFactory beanFactory) {
		Map<String, HealthContributor> sides = new LinkedHashMap<>();
		add(sides, "listener", beanFactory, UdsListenerContainer.class, (listener) -> listener.getOptions().getName(),
				UdsHealthIndicator::new);
		add(sides, "client", beanFactory, UdsTemplate.class, (client) -> client.getConnectionFactory().stats().name(),
				UdsClientHealthIndicator::new);
		return (sides.size() == 1) ? sides.values().iterator().next() : CompositeHealthContributor.fromMap(sides);
	}

	private static <T> void add(Map<String, HealthContributor> sides, String side,
			ConfigurableListableBeanFactory beanFactory, Class<T> type, Function<T, String> names,
			Function<T, HealthContributor> indicators) {
		Map<String, T> beans = SimpleAutowireCandidateResolver.resolveAutowireCandidates(beanFactory, type);
		if (beans.size() == 1) {
			sides.put(side, indicators.apply(beans.values().iterator().next()));
		}
		else if (!beans.isEmpty()) {
			sides.put(side, CompositeHealthContributor.fromMap(byName(beans, names), indicators));
		}
	}

	/** By the names of the sockets; sockets that share a name are listed by bean name. */
	private static <T> Map<String, T> byName(Map<String, T> beans, Function<T, String> names) {
		Map<String, Long> uses = beans.values().stream().collect(Collectors.groupingBy(names, Collectors.counting()));
		Map<String, T> byName = new LinkedHashMap<>();
		beans.forEach((beanName, bean) -> {
			String name = names.apply(bean);
			boolean unique = uses.getOrDefault(name, 0L) == 1 && !beans.containsKey(name);
			byName.put(unique ? name : beanName, bean);
		});
		return byName;
	}

}
