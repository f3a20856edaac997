package io.github.udsboot.handler.method;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.convert.ConversionService;
import org.springframework.format.support.DefaultFormattingConversionService;
import org.springframework.messaging.handler.MessagingAdviceBean;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.support.AnnotationExceptionHandlerMethodResolver;
import org.springframework.messaging.handler.annotation.support.DestinationVariableMethodArgumentResolver;
import org.springframework.messaging.handler.annotation.support.HeaderMethodArgumentResolver;
import org.springframework.messaging.handler.annotation.support.HeadersMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.AbstractExceptionHandlerMethodResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;
import org.springframework.validation.Validator;

import io.github.udsboot.annotation.Execution;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsResultAdapter;
import io.github.udsboot.handler.UdsResultPostProcessor;
import io.github.udsboot.handler.failure.FailureReplies;
import io.github.udsboot.handler.route.InvalidRouteException;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;

/**
 * Makes request handlers of handler methods, with spring-messaging's argument resolvers.
 * To be configured before the first handler is made.
 */
public class UdsHandlerMethodFactory implements BeanFactoryAware {

	private static final Log logger = GuardedLog.of(UdsHandlerMethodFactory.class);

	private @Nullable PayloadConverter payloadConverter;

	private @Nullable ConversionService conversionService;

	private @Nullable Validator validator;

	private List<HandlerMethodArgumentResolver> customResolvers = List.of();

	private List<UdsResultAdapter> resultAdapters = List.of();

	private List<UdsResultPostProcessor> resultPostProcessors = List.of();

	private @Nullable ConfigurableBeanFactory beanFactory;

	private final Map<Class<?>, AbstractExceptionHandlerMethodResolver> ownExceptionHandlers = new ConcurrentHashMap<>();

	private final ExceptionHandlerAdvice advice = new ExceptionHandlerAdvice();

	private @Nullable HandlerArgumentResolvers resolvers;

	/**
	 * Set what reads and writes payloads, by default {@link PayloadConverter#defaults()}.
	 * @param payloadConverter the converter
	 */
	public void setPayloadConverter(PayloadConverter payloadConverter) {
		this.payloadConverter = payloadConverter;
	}

	/**
	 * Set what turns headers and destination variables into the type of a parameter, by
	 * default a {@link DefaultFormattingConversionService}.
	 * @param conversionService the service
	 */
	public void setConversionService(ConversionService conversionService) {
		this.conversionService = conversionService;
	}

	/**
	 * Set what validates payload parameters with {@code @Valid} or {@code @Validated}, by
	 * default {@code null}: nothing does, and a handler that asks for it is warned of.
	 * @param validator the validator, or {@code null}
	 */
	public void setValidator(@Nullable Validator validator) {
		this.validator = validator;
	}

	/**
	 * Set further argument resolvers. They are asked before all others, for whatever
	 * parameter there is: one that supports too many takes payloads away. By default
	 * there are none.
	 * @param resolvers the resolvers
	 */
	public void setCustomArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
		this.customResolvers = List.copyOf(resolvers);
	}

	/**
	 * Set what adapts results of types that are not known here. The first that supports a
	 * type is used; by default there are none.
	 * @param adapters the adapters
	 */
	public void setResultAdapters(List<UdsResultAdapter> adapters) {
		this.resultAdapters = List.copyOf(adapters);
	}

	/**
	 * Set what changes results of reactive types before anything subscribes to them, in
	 * this order; by default nothing does.
	 * @param postProcessors the post-processors
	 */
	public void setResultPostProcessors(List<UdsResultPostProcessor> postProcessors) {
		this.resultPostProcessors = List.copyOf(postProcessors);
	}

	/**
	 * Set what resolves placeholders and expressions in the names and default values of
	 * headers; without one they are taken literally. It also knows the beans, which no
	 * caller may send.
	 * @param beanFactory the bean factory
	 */
	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (beanFactory instanceof ConfigurableBeanFactory configurable) ? configurable : null;
	}

	/**
	 * Add a bean whose exception handler methods are for the handlers of other beans,
	 * those that were made before included.
	 * @param bean the bean
	 * @throws InvalidHandlerException if one of them cannot be called
	 * @throws IllegalStateException if they are ambiguous
	 */
	void addAdvice(MessagingAdviceBean bean) {
		this.advice.add(bean);
		Class<?> type = bean.getBeanType();
		if (type != null) {
			checkExceptionHandlers(bean::resolveBean, type);
		}
	}

	/**
	 * Make a request handler.
	 * @param endpoint the method
	 * @param variables the names of the route's variables
	 * @return the handler
	 * @throws InvalidRouteException if the method asks for a variable that is not in the
	 * route
	 * @throws InvalidHandlerException if a parameter of the method, or of an exception
	 * handler method of its bean, cannot be resolved
	 * @throws IllegalStateException if the exception handler methods of the bean are
	 * ambiguous
	 */
	UdsRequestHandler create(UdsHandlerEndpoint endpoint, Collection<String> variables) {
		SuspendingFunctions.check(endpoint, getClass().getClassLoader());
		HandlerInvocation invocation = new HandlerInvocation(endpoint, resolvers());
		parameters().check(invocation);
		TransactionalStreams.check(invocation, endpoint);
		for (MethodParameter parameter : invocation.getMethodParameters()) {
			checkVariable(endpoint, parameter, variables);
			checkValidation(endpoint, parameter);
		}
		return new HandlerMethodRequestHandler(endpoint, replyingMethod(endpoint, invocation),
				exceptionHandlers(endpoint));
	}

	private ReplyingMethod replyingMethod(UdsHandlerEndpoint endpoint, HandlerInvocation invocation) {
		return new ReplyingMethod(invocation,
				new ReturnedValue(invocation, this.resultAdapters, this.resultPostProcessors), payloadConverter(),
				new FailureReplies(endpoint));
	}

	private ExceptionHandlerMethods exceptionHandlers(UdsHandlerEndpoint endpoint) {
		AbstractExceptionHandlerMethodResolver own = this.ownExceptionHandlers.computeIfAbsent(endpoint.beanType(),
				(type) -> {
					checkExceptionHandlers(endpoint.bean(), type);
					return new AnnotationExceptionHandlerMethodResolver(type);
				});
		return new ExceptionHandlerMethods(endpoint, own, this.advice,
				(method) -> replyingMethod(method, new HandlerInvocation(method, resolvers())));
	}

	/** Whatever the route, they must be able to answer when a handler fails. */
	private void checkExceptionHandlers(Supplier<?> bean, Class<?> type) {
		ReflectionUtils.MethodFilter filter = (method) -> AnnotatedElementUtils.hasAnnotation(method,
				MessageExceptionHandler.class);
		for (Method method : MethodIntrospector.selectMethods(type, filter)) {
			UdsHandlerEndpoint endpoint = new UdsHandlerEndpoint(Set.of(UdsHandlerEndpoint.DEFAULT_LISTENER), "", bean,
					type, method, Execution.AUTO);
			SuspendingFunctions.check(endpoint, getClass().getClassLoader());
			parameters().checkExceptionHandler(new HandlerInvocation(endpoint, resolvers()));
		}
	}

	private HandlerParameters parameters() {
		return new HandlerParameters(resolvers(), payloadConverter(),
				(this.beanFactory instanceof ListableBeanFactory beans) ? beans : null);
	}

	private static void checkVariable(UdsHandlerEndpoint endpoint, MethodParameter parameter,
			Collection<String> variables) {
		DestinationVariable annotation = parameter.getParameterAnnotation(DestinationVariable.class);
		if (annotation == null) {
			return;
		}
		parameter.initParameterNameDiscovery(DefaultParameterNameDiscoverer.getSharedInstance());
		String name = StringUtils.hasText(annotation.value()) ? annotation.value() : parameter.getParameterName();
		if (name == null) {
			throw new InvalidRouteException(endpoint.route(), endpoint.describe(),
					"parameter " + parameter.getParameterIndex()
							+ " has a @DestinationVariable without a name, name it or compile with -parameters");
		}
		if (!variables.contains(name) && !parameter.isOptional()) {
			throw new InvalidRouteException(endpoint.route(), endpoint.describe(), "parameter "
					+ parameter.getParameterIndex() + " asks for the variable {" + name + "}, which it does not have");
		}
	}

	/** An annotation must not promise a check that is not made. */
	private void checkValidation(UdsHandlerEndpoint endpoint, MethodParameter parameter) {
		if (this.validator == null && ParameterAnnotations.asksForValidation(parameter)) {
			logger.warn("Parameter " + parameter.getParameterIndex() + " of " + endpoint.describe()
					+ " asks to be validated and there is no validator: set one (with Spring Boot, "
					+ "add spring-boot-starter-validation)");
		}
	}

	private synchronized HandlerArgumentResolvers resolvers() {
		HandlerArgumentResolvers chain = this.resolvers;
		if (chain == null) {
			List<HandlerMethodArgumentResolver> all = new ArrayList<>();
			all.add(new SuspendingFunctions.ContinuationArgumentResolver());
			all.add(new PeerCredentialsMethodArgumentResolver());
			all.add(new UdsSessionMethodArgumentResolver());
			all.add(new RemainingTimeMethodArgumentResolver());
			ConversionService conversionService = conversionService();
			PayloadConverter payloadConverter = payloadConverter();
			all.add(new HeaderMethodArgumentResolver(conversionService, this.beanFactory));
			all.add(new HeadersMethodArgumentResolver());
			all.add(new DestinationVariableMethodArgumentResolver(conversionService));
			all.add(new StreamMethodArgumentResolver(payloadConverter));
			all.add(new RequestMessageMethodArgumentResolver(payloadConverter.messageConverter()));
			all.add(new RequestPayloadMethodArgumentResolver(payloadConverter, this.validator));
			chain = new HandlerArgumentResolvers(this.customResolvers, all);
			this.resolvers = chain;
		}
		return chain;
	}

	/** The defaults are not cheap, so they are made only where nothing was set. */
	private synchronized PayloadConverter payloadConverter() {
		PayloadConverter converter = this.payloadConverter;
		if (converter == null) {
			converter = PayloadConverter.defaults();
			this.payloadConverter = converter;
		}
		return converter;
	}

	private ConversionService conversionService() {
		return (this.conversionService != null) ? this.conversionService : new DefaultFormattingConversionService();
	}

}
