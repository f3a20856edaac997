package io.github.udsboot.config;

import java.util.List;
import java.util.stream.Stream;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.Order;
import org.springframework.core.annotation.OrderUtils;
import org.springframework.messaging.handler.MessagingAdviceBean;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

import io.github.udsboot.annotation.UdsHandlerAdvice;

/**
 * A bean annotated with {@link UdsHandlerAdvice}.
 */
class HandlerAdviceBean implements MessagingAdviceBean {

	private final HandlerBean bean;

	private final UdsHandlerAdvice annotation;

	private final List<String> packages;

	private final int order;

	HandlerAdviceBean(HandlerBean bean, UdsHandlerAdvice annotation, ConfigurableListableBeanFactory beans) {
		this.bean = bean;
		this.annotation = annotation;
		this.packages = Stream
			.concat(Stream.of(annotation.basePackages()),
					Stream.of(annotation.basePackageClasses()).map(ClassUtils::getPackageName))
			.filter(StringUtils::hasText)
			.toList();
		this.order = order(bean, beans);
	}

	private static int order(HandlerBean bean, ConfigurableListableBeanFactory beans) {
		if (Ordered.class.isAssignableFrom(bean.targetType())) {
			return ((Ordered) bean.instance().get()).getOrder();
		}
		// Also the one on a @Bean method
		Order annotation = beans.findAnnotationOnBean(bean.name(), Order.class, false);
		return (annotation != null) ? annotation.value()
				: OrderUtils.getOrder(bean.targetType(), Ordered.LOWEST_PRECEDENCE);
	}

	@Override
	public int getOrder() {
		return this.order;
	}

	@Override
	public Class<?> getBeanType() {
		return this.bean.targetType();
	}

	@Override
	public Object resolveBean() {
		return this.bean.instance().get();
	}

	@Override
	public boolean isApplicableToBeanType(Class<?> type) {
		return !isSelective() || this.packages.stream().anyMatch((name) -> isWithin(type.getPackageName(), name))
				|| Stream.of(this.annotation.assignableTypes()).anyMatch((each) -> each.isAssignableFrom(type))
				|| Stream.of(this.annotation.annotations())
					.anyMatch((each) -> AnnotatedElementUtils.hasAnnotation(type, each));
	}

	private boolean isSelective() {
		return !this.packages.isEmpty() || this.annotation.assignableTypes().length > 0
				|| this.annotation.annotations().length > 0;
	}

	private static boolean isWithin(String inner, String outer) {
		return inner.equals(outer) || inner.startsWith(outer + ".");
	}

	@Override
	public String toString() {
		return this.bean.targetType().getName();
	}

}
