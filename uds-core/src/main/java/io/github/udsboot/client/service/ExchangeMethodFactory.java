package io.github.udsboot.client.service;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.convert.ConversionService;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.StringValueResolver;

import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.client.UdsOperations;

/**
 * Creates the methods that call a route.
 */
final class ExchangeMethodFactory {

	private final Supplier<? extends UdsOperations> operations;

	private final Supplier<ConversionService> conversionService;

	private final ReactiveAdapterRegistry reactiveTypes;

	private final StringValueResolver placeholders;

	private final ResultAdapters results;

	ExchangeMethodFactory(Supplier<? extends UdsOperations> operations, Supplier<ConversionService> conversionService,
			ReactiveAdapterRegistry reactiveTypes, StringValueResolver placeholders) {
		this.operations = operations;
		this.conversionService = conversionService;
		this.reactiveTypes = reactiveTypes;
		this.placeholders = placeholders;
		this.results = new ResultAdapters(reactiveTypes);
	}

	/**
	 * Create a method.
	 * @param serviceType the interface that is the contract
	 * @param method the method, annotated with {@link UdsExchange @UdsExchange}
	 * @return the service method
	 * @throws InvalidExchangeException if it cannot be called
	 */
	ExchangeMethod create(Class<?> serviceType, Method method) {
		ExchangeSignature signature = new ExchangeSignature(serviceType, method);
		if (KotlinDetector.isSuspendingFunction(method)) {
			throw signature.invalid("it is a suspending function, which is not supported: return the value, or a "
					+ "CompletableFuture");
		}
		UdsExchange annotation = signature.getMethodAnnotation(UdsExchange.class);
		UdsExchange onType = AnnotatedElementUtils.findMergedAnnotation(serviceType, UdsExchange.class);
		if (onType != null && onType.oneWay()) {
			throw signature.invalid("oneWay is on the interface, where it says nothing: move it to the methods");
		}
		String route = ExchangeRoutes.resolve(serviceType, method, this.placeholders);
		ExchangeArguments arguments = new ExchangeArguments(signature, this.conversionService, this.reactiveTypes,
				this.placeholders);
		return new ExchangeMethod(this.operations, route, timeout(signature, annotation, onType),
				arguments.variables(variableNames(signature, route)), arguments.requestArguments(),
				(annotation != null && annotation.oneWay()) ? this.results.oneWay(signature)
						: this.results.adapterFor(signature, route));
	}

	private static List<String> variableNames(ExchangeSignature signature, String route) {
		try {
			return RouteVariables.names(route);
		}
		catch (IllegalArgumentException ex) {
			throw signature.invalid(String.valueOf(ex.getMessage()));
		}
	}

	private @Nullable Duration timeout(ExchangeSignature signature, @Nullable UdsExchange onMethod,
			@Nullable UdsExchange onType) {
		String text = timeoutText(onMethod);
		if (text.isEmpty()) {
			text = timeoutText(onType);
		}
		if (text.isEmpty()) {
			return null;
		}
		Duration timeout;
		try {
			timeout = DurationFormatterUtils.detectAndParse(text);
		}
		catch (IllegalArgumentException ex) {
			throw signature.invalid("its timeout '" + text + "' is no duration, write it as 200ms, 5s or PT5S", ex);
		}
		if (timeout.isZero() || timeout.isNegative()) {
			throw signature.invalid("its timeout '" + text + "' is not more than zero");
		}
		return timeout;
	}

	private String timeoutText(@Nullable UdsExchange annotation) {
		return (annotation != null) ? ExchangeRoutes.resolve(annotation.timeout(), this.placeholders) : "";
	}

}
