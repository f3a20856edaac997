package io.github.udsboot.config;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * Makes typed clients yield where another bean of their type is primary, such as one of
 * the application that caches the client's answers. Runs when all beans are defined, and
 * before code that looks for primary beans, as test mocks do.
 */
final class TypedClientPrimaries implements BeanFactoryPostProcessor, PriorityOrdered {

	private static final String BEAN_NAME = TypedClientPrimaries.class.getName();

	static void register(BeanDefinitionRegistry registry) {
		if (!registry.containsBeanDefinition(BEAN_NAME)) {
			RootBeanDefinition definition = new RootBeanDefinition(TypedClientPrimaries.class);
			definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
			registry.registerBeanDefinition(BEAN_NAME, definition);
		}
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		Set<String> clients = new LinkedHashSet<>();
		for (String name : beanFactory.getBeanNamesForType(UdsServiceProxyFactoryBean.class, true, false)) {
			clients.add(name.substring(BeanFactory.FACTORY_BEAN_PREFIX.length()));
		}
		for (String client : clients) {
			if (isPrimary(client, beanFactory)
					&& hasOtherPrimary(beanFactory.getType(client, false), clients, beanFactory)) {
				beanFactory.getBeanDefinition(client).setPrimary(false);
			}
		}
	}

	private static boolean hasOtherPrimary(@Nullable Class<?> serviceType, Set<String> clients,
			ConfigurableListableBeanFactory beanFactory) {
		return serviceType != null && Arrays.stream(beanFactory.getBeanNamesForType(serviceType, true, false))
			.anyMatch((name) -> !clients.contains(name) && isPrimary(name, beanFactory));
	}

	private static boolean isPrimary(String name, ConfigurableListableBeanFactory beanFactory) {
		return beanFactory.containsBeanDefinition(name) && beanFactory.getMergedBeanDefinition(name).isPrimary();
	}

}
