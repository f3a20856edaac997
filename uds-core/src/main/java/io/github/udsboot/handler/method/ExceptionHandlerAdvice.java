package io.github.udsboot.handler.method;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.OrderComparator;
import org.springframework.messaging.handler.MessagingAdviceBean;
import org.springframework.messaging.handler.annotation.support.AnnotationExceptionHandlerMethodResolver;
import org.springframework.messaging.handler.invocation.AbstractExceptionHandlerMethodResolver;
import org.springframework.util.Assert;

/**
 * The advice beans with exception handler methods, in their order. Filled while the
 * application starts. Thread-safe.
 */
class ExceptionHandlerAdvice {

	private static final Comparator<Entry> ORDER = Comparator.comparing(Entry::bean, OrderComparator.INSTANCE);

	private volatile List<Entry> entries = List.of();

	/**
	 * Add a bean.
	 * @param bean the bean
	 * @throws IllegalStateException if two of its methods are for the same exception, or
	 * one is for none
	 */
	synchronized void add(MessagingAdviceBean bean) {
		Class<?> type = bean.getBeanType();
		Assert.notNull(type, "The type of an advice bean must be known");
		List<Entry> more = new ArrayList<>(this.entries);
		more.add(new Entry(bean, new AnnotationExceptionHandlerMethodResolver(type)));
		more.sort(ORDER);
		this.entries = List.copyOf(more);
	}

	/**
	 * Find the first bean that has a method for an exception.
	 * @param handlerType the class of the bean with the handler method
	 * @param thrown the exception
	 * @return the bean and the method, or {@code null} if there is none
	 */
	@Nullable Match find(Class<?> handlerType, Throwable thrown) {
		for (Entry entry : this.entries) {
			Method method = entry.bean().isApplicableToBeanType(handlerType) ? entry.methods().resolveMethod(thrown)
					: null;
			if (method != null) {
				return new Match(entry.bean(), method);
			}
		}
		return null;
	}

	/**
	 * A method for an exception.
	 *
	 * @param bean the bean that has it
	 * @param method the method
	 */
	record Match(MessagingAdviceBean bean, Method method) {

	}

	/**
	 * An advice bean.
	 *
	 * @param bean the bean
	 * @param methods finds its methods
	 */
	private record Entry(MessagingAdviceBean bean, AbstractExceptionHandlerMethodResolver methods) {

	}

}
