package io.github.udsboot.client.service;

import java.lang.annotation.Annotation;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.annotation.ValueConstants;
import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.PeerIdentity;
import io.github.udsboot.UdsSession;
import io.github.udsboot.stream.StreamTypes;

/**
 * Determines what the parameters of a method are for.
 */
final class ExchangeArguments {

	private static final List<Class<? extends Annotation>> ANNOTATIONS = List.of(Payload.class, Header.class,
			Headers.class, DestinationVariable.class);

	private static final Set<Class<?>> SERVER_ONLY_TYPES = Set.of(PeerCredentials.class, PeerIdentity.class,
			Principal.class, UdsSession.class, MessageHeaders.class);

	private final ExchangeSignature signature;

	private final Supplier<ConversionService> conversionService;

	private final ReactiveAdapterRegistry reactiveTypes;

	private final StreamTypes streamTypes;

	private final StringValueResolver placeholders;

	private final @Nullable RequestArgument[] requestArguments;

	private final Map<String, RouteVariable> variables = new HashMap<>();

	private @Nullable MethodParameter payload;

	private @Nullable MethodParameter timeout;

	/**
	 * Inspect the parameters of a method.
	 * @param signature the method
	 * @param conversionService turns headers and variables into text
	 * @param reactiveTypes the known reactive types
	 * @param placeholders resolves property placeholders
	 * @throws InvalidExchangeException if a parameter cannot be part of a request
	 */
	ExchangeArguments(ExchangeSignature signature, Supplier<ConversionService> conversionService,
			ReactiveAdapterRegistry reactiveTypes, StringValueResolver placeholders) {
		this.signature = signature;
		this.conversionService = conversionService;
		this.reactiveTypes = reactiveTypes;
		this.streamTypes = new StreamTypes(reactiveTypes);
		this.placeholders = placeholders;
		MethodParameter[] parameters = signature.getMethodParameters();
		this.requestArguments = new @Nullable RequestArgument[parameters.length];
		for (MethodParameter parameter : parameters) {
			parameter.initParameterNameDiscovery(DefaultParameterNameDiscoverer.getSharedInstance());
			this.requestArguments[parameter.getParameterIndex()] = resolve(parameter);
		}
	}

	/**
	 * Return how the arguments become part of the request.
	 * @return by the index of the parameter, {@code null} for the value of a variable
	 */
	@Nullable RequestArgument[] requestArguments() {
		return this.requestArguments;
	}

	/**
	 * Return the parameters that provide the values of the variables.
	 * @param names the names of the variables of the route
	 * @return the parameters in the order of the names
	 * @throws InvalidExchangeException if a variable has no parameter, or a parameter has
	 * no variable
	 */
	RouteVariable[] variables(List<String> names) {
		Map<String, RouteVariable> left = new HashMap<>(this.variables);
		List<RouteVariable> ordered = new ArrayList<>();
		for (String name : names) {
			RouteVariable variable = left.remove(name);
			if (variable == null) {
				throw this.signature.invalid("no parameter gives a value to {" + name
						+ "} in the route: annotate one with @DestinationVariable(\"" + name + "\")");
			}
			ordered.add(variable);
		}
		if (!left.isEmpty()) {
			RouteVariable variable = left.values().iterator().next();
			throw this.signature.invalid(describe(variable.index()) + " is for the variable {" + variable.name()
					+ "}, which the route does not have: correct the name or the route");
		}
		return ordered.toArray(RouteVariable[]::new);
	}

	private @Nullable RequestArgument resolve(MethodParameter parameter) {
		if (ANNOTATIONS.stream().filter(parameter::hasParameterAnnotation).count() > 1) {
			throw invalid(parameter, "has more than one annotation that says what it is for: leave one");
		}
		if (parameter.hasParameterAnnotation(Headers.class)) {
			throw invalid(parameter, "has @Headers, which is for handlers: use a @Header for each");
		}
		Header header = parameter.getParameterAnnotation(Header.class);
		if (header != null) {
			return header(parameter, header);
		}
		DestinationVariable variable = parameter.getParameterAnnotation(DestinationVariable.class);
		if (variable != null) {
			addVariable(parameter, variable);
			return null;
		}
		Payload payload = parameter.getParameterAnnotation(Payload.class);
		return (payload == null && parameter.getParameterType() == Duration.class) ? timeout(parameter)
				: payload(parameter, payload);
	}

	private RequestArgument header(MethodParameter parameter, Header header) {
		String name = name(parameter, this.placeholders.resolveStringValue(header.name()), "@Header");
		String defaultValue = ValueConstants.DEFAULT_NONE.equals(header.defaultValue()) ? null
				: this.placeholders.resolveStringValue(header.defaultValue());
		TypeDescriptor type = new TypeDescriptor(parameter.nestedIfOptional());
		TypeDescriptor element = (type.isCollection() || type.isArray()) ? type.getElementTypeDescriptor() : type;
		return new RequestArgument.Header(name, header.required() && !parameter.isOptional(), defaultValue,
				text(parameter, (element != null) ? element : TypeDescriptor.valueOf(Object.class)));
	}

	private void addVariable(MethodParameter parameter, DestinationVariable annotation) {
		String name = name(parameter, annotation.value(), "@DestinationVariable");
		RouteVariable variable = new RouteVariable(name, parameter.getParameterIndex(),
				text(parameter, new TypeDescriptor(parameter)));
		RouteVariable other = this.variables.put(name, variable);
		if (other != null) {
			throw invalid(parameter, "and " + describe(other.index()) + " are for the same variable {" + name
					+ "}: name them differently");
		}
	}

	private RequestArgument timeout(MethodParameter parameter) {
		MethodParameter other = this.timeout;
		if (other != null) {
			throw invalid(parameter, "and " + describe(other.getParameterIndex())
					+ " are both the timeout of the call: annotate one with @Payload, or remove one");
		}
		this.timeout = parameter;
		return new RequestArgument.Timeout();
	}

	private RequestArgument payload(MethodParameter parameter, @Nullable Payload annotation) {
		Class<?> type = parameter.getParameterType();
		if (SERVER_ONLY_TYPES.contains(type) || Message.class.isAssignableFrom(type)) {
			throw invalid(parameter, "is a " + type.getSimpleName()
					+ ", which a handler may ask for and a call cannot give: remove it from the interface");
		}
		boolean items = this.streamTypes.canBeTakenAs(type);
		// a handler takes an Iterable as one value, an array in JSON
		if (!items && type != Iterable.class && this.streamTypes.isStream(type)) {
			throw invalid(parameter, "is a stream (" + type.getSimpleName()
					+ "), which a handler cannot take: take a Stream, a Flow.Publisher or a Flux");
		}
		if (!items && (CompletionStage.class.isAssignableFrom(type) || this.reactiveTypes.getAdapter(type) != null)) {
			throw invalid(parameter, "is a " + type.getSimpleName() + ": take the value itself");
		}
		if (annotation != null && StringUtils.hasText(annotation.expression())) {
			throw invalid(parameter, "has a @Payload with an expression, which is not supported: remove it");
		}
		MethodParameter other = this.payload;
		if (other != null) {
			throw invalid(parameter, "and " + describe(other.getParameterIndex())
					+ " are both the payload: annotate one with @Header or @DestinationVariable, or take one object "
					+ "that holds both");
		}
		this.payload = parameter;
		if (items) {
			return new RequestArgument.Items(describe(parameter.getParameterIndex()));
		}
		return new RequestArgument.Payload(describe(parameter.getParameterIndex()),
				(annotation == null || annotation.required()) && !parameter.isOptional());
	}

	private ArgumentText text(MethodParameter parameter, TypeDescriptor type) {
		ArgumentText text = new ArgumentText(this.conversionService.get(), type);
		if (!text.isPossible()) {
			throw invalid(parameter, "is a " + type.getType().getName()
					+ ", which no converter turns into text: take a String, or set a conversion service");
		}
		return text;
	}

	private String name(MethodParameter parameter, @Nullable String declared, String annotation) {
		String name = StringUtils.hasText(declared) ? declared : parameter.getParameterName();
		if (name == null) {
			throw invalid(parameter,
					"has a " + annotation + " without a name: name it, or compile the interface with -parameters");
		}
		return name;
	}

	private InvalidExchangeException invalid(MethodParameter parameter, String problem) {
		return this.signature.invalid(describe(parameter.getParameterIndex()) + " " + problem);
	}

	private static String describe(int index) {
		return "parameter " + index;
	}

}
