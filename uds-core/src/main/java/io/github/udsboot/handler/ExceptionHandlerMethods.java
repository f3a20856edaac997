package io.github.udsboot.handler;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.handler.MessagingAdviceBean;
import org.springframework.messaging.handler.invocation.AbstractExceptionHandlerMethodResolver;

/**
 * The methods annotated with
 * {@link org.springframework.messaging.handler.annotation.MessageExceptionHandler} that
 * may stand in for one handler method: those of its own bean, then those of advice beans
 * in their order. Within a bean the one closest to the exception is taken, and only where
 * there is none, one for its cause.
 */
class ExceptionHandlerMethods {

	private final UdsHandlerEndpoint endpoint;

	private final AbstractExceptionHandlerMethodResolver own;

	private final ExceptionHandlerAdvice advice;

	private final Function<UdsHandlerEndpoint, ReplyingMethod> factory;

	/** What was needed before, by the bean it belongs to and its method. */
	private final Map<Key, ReplyingMethod> methods = new ConcurrentHashMap<>();

	/**
	 * Create an instance.
	 * @param endpoint the handler method
	 * @param own finds methods of its own bean
	 * @param advice the advice beans of all handler methods
	 * @param factory makes a method that replies
	 */
	ExceptionHandlerMethods(UdsHandlerEndpoint endpoint, AbstractExceptionHandlerMethodResolver own,
			ExceptionHandlerAdvice advice, Function<UdsHandlerEndpoint, ReplyingMethod> factory) {
		this.endpoint = endpoint;
		this.own = own;
		this.advice = advice;
		this.factory = factory;
	}

	/**
	 * Find the method for an exception.
	 * @param thrown the exception
	 * @return the method, or {@code null} if there is none
	 */
	@Nullable ReplyingMethod find(Throwable thrown) {
		Method method = this.own.resolveMethod(thrown);
		if (method != null) {
			return method(this, this.endpoint.bean(), this.endpoint.beanType(), method);
		}
		ExceptionHandlerAdvice.Match match = this.advice.find(this.endpoint.beanType(), thrown);
		if (match == null) {
			return null;
		}
		MessagingAdviceBean bean = match.bean();
		Class<?> type = bean.getBeanType();
		return method(bean, bean::resolveBean, (type != null) ? type : match.method().getDeclaringClass(),
				match.method());
	}

	private ReplyingMethod method(Object owner, Supplier<?> bean, Class<?> beanType, Method method) {
		return this.methods.computeIfAbsent(new Key(owner, method),
				(key) -> this.factory.apply(this.endpoint.withMethod(bean, beanType, method)));
	}

	/**
	 * Tells the methods apart, of which two beans of one class have the same.
	 *
	 * @param owner this, or the advice bean
	 * @param method the method
	 */
	private record Key(Object owner, Method method) {

	}

}
