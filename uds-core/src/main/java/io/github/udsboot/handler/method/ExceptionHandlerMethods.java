package io.github.udsboot.handler.method;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.handler.MessagingAdviceBean;
import org.springframework.messaging.handler.invocation.AbstractExceptionHandlerMethodResolver;

import io.github.udsboot.handler.route.UdsHandlerEndpoint;

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

	/**
	 * What was needed before. A method is of one bean: of two advice beans of one class
	 * that apply, only the first is ever asked.
	 */
	private final Map<Method, ReplyingMethod> methods = new ConcurrentHashMap<>();

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
			return method(this.endpoint.bean(), this.endpoint.beanType(), method);
		}
		ExceptionHandlerAdvice.Match match = this.advice.find(this.endpoint.beanType(), thrown);
		if (match == null) {
			return null;
		}
		MessagingAdviceBean bean = match.bean();
		Class<?> type = bean.getBeanType();
		return method(bean::resolveBean, (type != null) ? type : match.method().getDeclaringClass(), match.method());
	}

	private ReplyingMethod method(Supplier<?> bean, Class<?> beanType, Method method) {
		return this.methods.computeIfAbsent(method,
				(missing) -> this.factory.apply(this.endpoint.withMethod(bean, beanType, missing)));
	}

}
