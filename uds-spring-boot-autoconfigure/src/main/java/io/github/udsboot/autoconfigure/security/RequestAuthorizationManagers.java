package io.github.udsboot.autoconfigure.security;

import java.util.ArrayList;
import java.util.List;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.security.authorization.AuthorizationManager;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.springsecurity.UdsRequestAuthorizationManager;

/**
 * Finds the beans that decide about requests, those of parent contexts included, once all
 * bean definitions are there. A rule that nobody asks would let everybody in, so a bean
 * of which the type does not say what it decides about is either known by its class, or
 * warned of.
 */
final class RequestAuthorizationManagers {

	private static final Log logger = GuardedLog.of(RequestAuthorizationManagers.class);

	private static final ResolvableType TYPE = ResolvableType.forClassWithGenerics(AuthorizationManager.class,
			UdsServerRequest.class);

	private RequestAuthorizationManagers() {
	}

	/**
	 * Find the beans.
	 * @param beanFactory the bean factory of the application
	 * @return the beans, in their order
	 */
	static List<AuthorizationManager<UdsServerRequest>> find(ConfigurableListableBeanFactory beanFactory) {
		List<AuthorizationManager<UdsServerRequest>> found = new ArrayList<>(
				beanFactory.<AuthorizationManager<UdsServerRequest>>getBeanProvider(TYPE).orderedStream().toList());
		for (String name : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory,
				AuthorizationManager.class)) {
			Object bean = ScopedProxyUtils.isScopedTarget(name) ? null : beanFactory.getBean(name);
			if (bean == null || found.contains(bean)) {
				continue;
			}
			if (bean instanceof UdsRequestAuthorizationManager manager) {
				found.add(manager);
			}
			else if (isUndetermined(bean, definition(beanFactory, name))) {
				logger
					.warn("The bean '" + name + "' is an AuthorizationManager and its type does not say of what, so it "
							+ "is not asked about requests to listeners. If it is to be, declare it as "
							+ "AuthorizationManager<UdsServerRequest>");
			}
		}
		return found;
	}

	private static @Nullable ResolvableType definition(ConfigurableListableBeanFactory beanFactory, String name) {
		return (beanFactory.containsBeanDefinition(name)
				&& beanFactory.getMergedBeanDefinition(name) instanceof RootBeanDefinition definition)
						? definition.getResolvableType() : null;
	}

	private static boolean isUndetermined(Object bean, @Nullable ResolvableType declared) {
		return isUndetermined(ResolvableType.forClass(AopUtils.getTargetClass(bean)))
				&& (declared == null || isUndetermined(declared));
	}

	private static boolean isUndetermined(ResolvableType type) {
		Class<?> decidesAbout = type.as(AuthorizationManager.class).getGeneric(0).resolve();
		return decidesAbout == null || decidesAbout == Object.class;
	}

}
