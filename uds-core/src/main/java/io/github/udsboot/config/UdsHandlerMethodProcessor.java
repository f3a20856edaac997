package io.github.udsboot.config;

import java.lang.reflect.Method;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.annotation.UdsHandlerAdvice;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.handler.method.HandlerRegistry;

/**
 * Finds the methods annotated with {@link UdsHandler}, the methods of classes annotated
 * with it that implement methods with {@link UdsExchange}, and the beans annotated with
 * {@link UdsHandlerAdvice}. Registers them once all singletons exist and before listeners
 * start.
 *
 * <p>
 * It inspects the types of beans and creates none: lazy singletons, prototypes and beans
 * of other scopes are obtained from the bean factory when a request arrives. A bean that
 * does not exist yet is known by the type that its definition declares, so a
 * {@code @Lazy} {@code @Bean} method should declare the class (or an interface that has
 * the annotations); products of factory beans that have not declared their type are not
 * found. Implementations of {@link UdsExchange} methods are found by the class only, and
 * a typed client is never a handler.
 */
public class UdsHandlerMethodProcessor implements SmartInitializingSingleton, BeanFactoryAware {

	private static final Log logger = GuardedLog.of(UdsHandlerMethodProcessor.class);

	private final HandlerRegistry registry;

	private @Nullable ConfigurableListableBeanFactory beanFactory;

	/**
	 * Create a processor.
	 * @param registry takes the handlers
	 */
	public UdsHandlerMethodProcessor(HandlerRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		Assert.isInstanceOf(ConfigurableListableBeanFactory.class, beanFactory);
		this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
	}

	/**
	 * Register the handlers and the advice that answers when they fail.
	 * @throws RuntimeException if a handler method or an exception handler method cannot
	 * be invoked, or a route is invalid or ambiguous; the message names the method
	 */
	@Override
	public void afterSingletonsInstantiated() {
		ConfigurableListableBeanFactory beans = this.beanFactory;
		Assert.state(beans != null, "A bean factory must be set");
		HandlerEndpointFactory endpoints = new HandlerEndpointFactory(beans);
		for (String beanName : beans.getBeanNamesForType(Object.class, true, false)) {
			HandlerBean bean = ScopedProxyUtils.isScopedTarget(beanName) ? null : find(beanName, beans);
			if (bean != null && isCandidate(bean.targetType())) {
				registerHandlers(bean, endpoints);
				registerAdvice(bean, endpoints, beans);
			}
		}
	}

	private void registerHandlers(HandlerBean bean, HandlerEndpointFactory endpoints) {
		Map<Method, HandlerAnnotations> methods = findHandlers(bean);
		if (!methods.isEmpty()) {
			checkExceptionHandlers(bean, endpoints);
			methods.forEach((method, annotations) -> endpoints.create(bean, method, annotations)
				.forEach(this.registry::register));
		}
	}

	private void registerAdvice(HandlerBean bean, HandlerEndpointFactory endpoints,
			ConfigurableListableBeanFactory beans) {
		UdsHandlerAdvice annotation = AnnotatedElementUtils.findMergedAnnotation(bean.targetType(),
				UdsHandlerAdvice.class);
		if (annotation != null) {
			checkExceptionHandlers(bean, endpoints);
			this.registry.registerAdvice(new HandlerAdviceBean(bean, annotation, beans));
		}
	}

	private static void checkExceptionHandlers(HandlerBean bean, HandlerEndpointFactory endpoints) {
		if (bean.exposedType() != bean.targetType()) {
			findMethods(bean,
					(method) -> AnnotatedElementUtils.findMergedAnnotation(method, MessageExceptionHandler.class))
				.forEach((method, annotation) -> endpoints.checkExceptionHandler(bean, method));
		}
	}

	private static @Nullable HandlerBean find(String beanName, ConfigurableListableBeanFactory beans) {
		try {
			return HandlerBean.of(beanName, beans);
		}
		catch (LinkageError | BeansException ex) {
			logger.debug("Could not determine the type of bean '" + beanName + "'", ex);
			return null;
		}
	}

	private static boolean isCandidate(Class<?> type) {
		return AnnotationUtils.isCandidateClass(type, UdsHandler.class)
				&& (!type.getName().startsWith("org.springframework.")
						|| AnnotatedElementUtils.isAnnotated(ClassUtils.getUserClass(type), Component.class));
	}

	private static Map<Method, HandlerAnnotations> findHandlers(HandlerBean bean) {
		Class<?> type = bean.targetType();
		UdsHandler onType = AnnotatedElementUtils.findMergedAnnotation(type, UdsHandler.class);
		return findMethods(bean, (method) -> HandlerAnnotations.of(method, type, onType));
	}

	private static <A> Map<Method, A> findMethods(HandlerBean bean, MethodIntrospector.MetadataLookup<A> lookup) {
		try {
			return MethodIntrospector.selectMethods(bean.targetType(), lookup);
		}
		catch (LinkageError | RuntimeException ex) {
			// As for event listeners: a bean that does not exist yet may name optional
			// types that are missing
			logger.debug("Could not look for handler methods in bean '" + bean.name() + "'", ex);
			return Map.of();
		}
	}

}
