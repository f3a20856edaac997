package io.github.udsboot.autoconfigure.client;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.github.udsboot.config.UdsServiceProxyFactoryBean;

/**
 * Makes sure that the client of each typed client exists, even if it is not injected:
 * otherwise only its first use would show.
 */
final class TypedClientsVerifier implements SmartInitializingSingleton {

	private final ConfigurableListableBeanFactory beans;

	TypedClientsVerifier(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public void afterSingletonsInstantiated() {
		for (String name : this.beans.getBeanNamesForType(UdsServiceProxyFactoryBean.class, false, false)) {
			String beanName = name.substring(BeanFactory.FACTORY_BEAN_PREFIX.length());
			if (!this.beans.getMergedBeanDefinition(beanName).isLazyInit()) {
				this.beans.getBean(beanName);
			}
		}
	}

}
