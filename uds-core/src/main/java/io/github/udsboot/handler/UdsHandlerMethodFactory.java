package io.github.udsboot.handler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.convert.ConversionService;
import org.springframework.format.support.DefaultFormattingConversionService;
import org.springframework.messaging.handler.MessagingAdviceBean;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.annotation.support.AnnotationExceptionHandlerMethodResolver;
import org.springframework.messaging.handler.annotation.support.DestinationVariableMethodArgumentResolver;
import org.springframework.messaging.handler.annotation.support.HeaderMethodArgumentResolver;
import org.springframework.messaging.handler.annotation.support.HeadersMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.AbstractExceptionHandlerMethodResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.util.StringUtils;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.ValidationAnnotationUtils;

import io.github.udsboot.converter.PayloadConverter;

/**
 * Makes request handlers of handler methods, with spring-messaging's argument resolvers.
 * To be configured before the first handler is made.
 */
public class UdsHandlerMethodFactory implements BeanFactoryAware {

	private static final Log logger = LogFactory.getLog(UdsHandlerMethodFactory.class);

	private @Nullable PayloadConverter payloadConverter;

	private @Nullable ConversionService conversionService;

	private @Nullable Validator validator;

	private List<HandlerMethodArgumentResolver> customResolvers = List.of();

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
	 * Set further argument resolvers. They are asked before all others; by default there
	 * are none.
	 * @param resolvers the resolvers
	 */
	public void setCustomArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
		this.customResolvers = List.copyOf(resolvers);
	}

	/**
	 * Set what resolves placeholders and expressions in the names and default values of
	 * headers; without one they are taken literally.
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
	 * @throws IllegalStateException if its exception handler methods are ambiguous
	 */
	void addAdvice(MessagingAdviceBean bean) {
		this.advice.add(bean);
	}

	/**
	 * Make a request handler.
	 * @param endpoint the method
	 * @param variables the names of the route's variables
	 * @return the handler
	 * @throws InvalidRouteException if the method asks for a variable that is not in the
	 * route
	 * @throws IllegalStateException if a payload is declared with an expression, or the
	 * exception handler methods of the bean are ambiguous
	 */
	UdsRequestHandler create(UdsHandlerEndpoint endpoint, Collection<String> variables) {
		HandlerInvocation invocation = new HandlerInvocation(endpoint, resolvers());
		for (MethodParameter parameter : invocation.getMethodParameters()) {
			checkVariable(endpoint, parameter, variables);
			checkPayload(endpoint, parameter);
			checkValidation(endpoint, parameter);
		}
		return new HandlerMethodRequestHandler(endpoint, replyingMethod(endpoint, invocation),
				exceptionHandlers(endpoint));
	}

	private ReplyingMethod replyingMethod(UdsHandlerEndpoint endpoint, HandlerInvocation invocation) {
		return new ReplyingMethod(invocation, payloadConverter(), new FailureReplies(endpoint));
	}

	private ExceptionHandlerMethods exceptionHandlers(UdsHandlerEndpoint endpoint) {
		AbstractExceptionHandlerMethodResolver own = this.ownExceptionHandlers.computeIfAbsent(endpoint.beanType(),
				AnnotationExceptionHandlerMethodResolver::new);
		return new ExceptionHandlerMethods(endpoint, own, this.advice,
				(method) -> replyingMethod(method, new HandlerInvocation(method, resolvers())));
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

	private static void checkPayload(UdsHandlerEndpoint endpoint, MethodParameter parameter) {
		Payload annotation = parameter.getParameterAnnotation(Payload.class);
		if (annotation != null && StringUtils.hasText(annotation.expression())) {
			throw new IllegalStateException("@Payload of parameter " + parameter.getParameterIndex() + " of "
					+ endpoint.describe() + " has an expression, which is not supported: remove it");
		}
	}

	/** Nobody should believe in a check that is not made. */
	private void checkValidation(UdsHandlerEndpoint endpoint, MethodParameter parameter) {
		if (this.validator == null && Stream.of(parameter.getParameterAnnotations())
			.anyMatch((annotation) -> ValidationAnnotationUtils.determineValidationHints(annotation) != null)) {
			logger.warn("Parameter " + parameter.getParameterIndex() + " of " + endpoint.describe()
					+ " asks to be validated and there is no validator: set one (with Spring Boot, "
					+ "add spring-boot-starter-validation)");
		}
	}

	private synchronized HandlerArgumentResolvers resolvers() {
		HandlerArgumentResolvers chain = this.resolvers;
		if (chain == null) {
			List<HandlerMethodArgumentResolver> all = new ArrayList<>(this.customResolvers);
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
			chain = new HandlerArgumentResolvers();
			chain.addResolvers(all);
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
