package io.github.udsboot.config;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

import io.github.udsboot.client.service.UdsServiceProxy;

/**
 * A bean that may have handler methods.
 *
 * @param name the name of the bean
 * @param exposedType the class of the bean, possibly that of a proxy
 * @param targetType the class behind any proxy
 * @param instance provides the bean
 */
record HandlerBean(String name, Class<?> exposedType, Class<?> targetType, Supplier<?> instance) {

	/**
	 * Inspect a bean without creating it.
	 * @param name the name of the bean
	 * @param beans the bean factory
	 * @return the bean, or {@code null} if its type is not known, or it is part of the
	 * AOP infrastructure or a typed client
	 */
	static @Nullable HandlerBean of(String name, ConfigurableListableBeanFactory beans) {
		Object singleton = beans.containsSingleton(name) ? beans.getSingleton(name) : null;
		if (singleton == null || singleton instanceof FactoryBean<?>) {
			if (isTypedClient(name, beans)) {
				return null;
			}
			Class<?> type = beans.getType(name, false);
			return (type != null) ? create(name, type, targetType(name, type, beans), () -> beans.getBean(name)) : null;
		}
		Class<?> type = singleton.getClass();
		Class<?> target = AopProxyUtils.ultimateTargetClass(singleton);
		if (target == type || ScopedObject.class.isAssignableFrom(type)) {
			target = targetType(name, target, beans);
		}
		return create(name, type, target, () -> singleton);
	}

	private static boolean isTypedClient(String name, ConfigurableListableBeanFactory beans) {
		if (!beans.isFactoryBean(name)) {
			return false;
		}
		Class<?> factoryType = beans.getType(BeanFactory.FACTORY_BEAN_PREFIX + name, false);
		return factoryType != null && UdsServiceProxyFactoryBean.class.isAssignableFrom(factoryType);
	}

	private static @Nullable HandlerBean create(String name, Class<?> exposedType, Class<?> targetType,
			Supplier<?> instance) {
		boolean excluded = AopInfrastructureBean.class.isAssignableFrom(targetType)
				|| UdsServiceProxy.class.isAssignableFrom(targetType);
		return excluded ? null : new HandlerBean(name, exposedType, ClassUtils.getUserClass(targetType), instance);
	}

	private static Class<?> targetType(String name, Class<?> type, ConfigurableListableBeanFactory beans) {
		Class<?> target = null;
		try {
			if (ScopedObject.class.isAssignableFrom(type)) {
				target = beans.getType(ScopedProxyUtils.getTargetBeanName(name), false);
			}
			else if (beans.containsBeanDefinition(name)) {
				target = (Class<?>) beans.getMergedBeanDefinition(name)
					.getAttribute(AutoProxyUtils.ORIGINAL_TARGET_CLASS_ATTRIBUTE);
			}
		}
		catch (NoSuchBeanDefinitionException ex) {
			// No target behind the proxy: its own type has to do
		}
		return (target != null) ? target : type;
	}

}
