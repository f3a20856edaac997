package io.github.udsboot.handler.method;

import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.security.Principal;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import javax.security.auth.Subject;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.HandlerMethod;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.converter.UnsupportedPayloadTypeException;

/**
 * Finds the parameters that nothing resolves, when the application starts and not when
 * the first caller comes. At most one parameter is the payload, and a payload must be of
 * a type that can be read.
 */
final class HandlerParameters {

	private static final String REGISTER_A_RESOLVER = "register a HandlerMethodArgumentResolver bean that supports it";

	/** By name, as Spring Security may be absent. */
	private static final String AUTHENTICATION_PRINCIPAL = "org.springframework.security.core.annotation.AuthenticationPrincipal";

	private static final String SAY_PAYLOAD = "annotate it with @Payload if it is what the caller sends";

	private final HandlerArgumentResolvers resolvers;

	private final PayloadConverter converter;

	private final @Nullable ListableBeanFactory beans;

	/**
	 * Create an instance.
	 * @param resolvers resolves the parameters
	 * @param converter reads payloads
	 * @param beans knows what is a bean, or {@code null}
	 */
	HandlerParameters(HandlerArgumentResolvers resolvers, PayloadConverter converter,
			@Nullable ListableBeanFactory beans) {
		this.resolvers = resolvers;
		this.converter = converter;
		this.beans = beans;
	}

	/**
	 * Check the parameters of a handler method.
	 * @param method the method
	 * @throws InvalidHandlerException if one cannot be resolved
	 */
	void check(HandlerMethod method) {
		check(method, false);
	}

	/**
	 * Check the parameters of an exception handler method, which gets the failure by its
	 * type.
	 * @param method the method
	 * @throws InvalidHandlerException if one cannot be resolved
	 */
	void checkExceptionHandler(HandlerMethod method) {
		check(method, true);
	}

	private void check(HandlerMethod method, boolean exceptionHandler) {
		MethodParameter payload = null;
		for (MethodParameter parameter : method.getMethodParameters()) {
			parameter.initParameterNameDiscovery(DefaultParameterNameDiscoverer.getSharedInstance());
			if (exceptionHandler && isProvided(parameter.getParameterType())) {
				continue;
			}
			HandlerMethodArgumentResolver resolver = this.resolvers.find(parameter);
			if (resolver == null) {
				throw unresolved(method, parameter);
			}
			if (this.resolvers.isCustom(resolver)) {
				continue;
			}
			if (ParameterAnnotations.purposes(parameter) > 1) {
				throw invalid(method, describe(parameter) + " has more than one annotation that says what it is for",
						"leave one");
			}
			if (resolver instanceof RequestPayloadMethodArgumentResolver
					|| resolver instanceof StreamMethodArgumentResolver) {
				checkPayload(method, parameter, payload);
				payload = parameter;
			}
			else if (resolver instanceof RequestMessageMethodArgumentResolver) {
				checkReadable(method, parameter, messagePayload(parameter));
			}
		}
	}

	/** Spring gives what fits by its type before any resolver is asked. */
	private static boolean isProvided(Class<?> type) {
		return Throwable.class.isAssignableFrom(type) || type.isAssignableFrom(Throwable.class)
				|| type.isAssignableFrom(HandlerMethod.class);
	}

	private static InvalidHandlerException unresolved(HandlerMethod method, MethodParameter parameter) {
		Annotation foreign = ParameterAnnotations.foreign(parameter);
		String type = parameter.getParameterType().getSimpleName();
		if (foreign == null) {
			return invalid(method, describe(parameter) + " is a " + type + ", and no argument resolver takes it",
					REGISTER_A_RESOLVER + ", or remove the parameter");
		}
		String annotation = "@" + foreign.annotationType().getSimpleName();
		if (ParameterAnnotations.purposes(parameter) > 0) {
			return invalid(method,
					describe(parameter) + " has " + annotation + ", which is not for a parameter of type " + type,
					"change the type or the annotation");
		}
		if (isOfSpringSecurity(foreign)) {
			return invalid(method, describe(parameter) + " has " + annotation + ", and no argument resolver takes it",
					"add org.springframework.security:spring-security-messaging to the class path, which has the resolver, "
							+ "or take a PeerCredentials without the annotation");
		}
		return invalid(method, describe(parameter) + " has " + annotation + ", and no argument resolver takes it",
				REGISTER_A_RESOLVER + ", remove " + annotation + ", or " + SAY_PAYLOAD
						+ " (who calls is told by a parameter of type PeerCredentials)");
	}

	private static boolean isOfSpringSecurity(Annotation annotation) {
		Class<?> type = annotation.annotationType();
		return type.getName().equals(AUTHENTICATION_PRINCIPAL)
				|| MergedAnnotations.from(type).isPresent(AUTHENTICATION_PRINCIPAL);
	}

	private void checkPayload(HandlerMethod method, MethodParameter parameter, @Nullable MethodParameter other) {
		Payload annotation = parameter.getParameterAnnotation(Payload.class);
		if (annotation != null && StringUtils.hasText(annotation.expression())) {
			throw invalid(method,
					describe(parameter) + " has a @Payload with an expression, " + "which is not supported",
					"remove the expression");
		}
		if (annotation == null) {
			checkUnannotated(method, parameter);
		}
		if (other != null) {
			throw invalid(method, describe(other) + " and " + describe(parameter) + " are both the payload",
					"annotate one with @Header or @DestinationVariable, or take one object that holds both");
		}
		checkReadable(method, parameter, payload(parameter));
	}

	private void checkUnannotated(HandlerMethod method, MethodParameter parameter) {
		Class<?> type = parameter.nestedIfOptional().getNestedParameterType();
		if (Principal.class.isAssignableFrom(type) || Subject.class.isAssignableFrom(type)) {
			throw invalid(method,
					describe(parameter) + " is a " + type.getName()
							+ ", which says who calls, and would be what the caller sends",
					"take a PeerCredentials, " + REGISTER_A_RESOLVER + ", or " + SAY_PAYLOAD);
		}
		String bean = beanOf(type);
		if (bean != null) {
			throw invalid(method,
					describe(parameter) + " is a " + type.getName() + ", which is a bean ('" + bean
							+ "'), and handlers have no beans as arguments",
					"have it injected where its class has its other beans, or " + SAY_PAYLOAD);
		}
	}

	/** Types of the JDK are beans in every application: the system's properties are. */
	private @Nullable String beanOf(Class<?> type) {
		if (this.beans == null || type.isPrimitive() || type.isArray() || type.getName().startsWith("java.")) {
			return null;
		}
		String[] names = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beans, type, true, false);
		return (names.length > 0) ? names[0] : null;
	}

	private void checkReadable(HandlerMethod method, MethodParameter parameter, Type type) {
		Class<?> target = ResolvableType.forType(type).toClass();
		if (Future.class.isAssignableFrom(target) || CompletionStage.class.isAssignableFrom(target)) {
			throw invalid(method,
					describe(parameter) + " is a " + describe(type) + ", which cannot be read from a payload",
					"take the value itself, which is there when the method is called");
		}
		try {
			this.converter.requireReadable(type);
		}
		catch (UnsupportedPayloadTypeException ex) {
			throw new InvalidHandlerException(method.toString(),
					describe(parameter) + " is a " + describe(type) + ", which cannot be read from a payload ("
							+ ex.getMessage() + ")",
					"take a type that can be read, " + "a PayloadConverterCustomizer bean adds a converter; or "
							+ REGISTER_A_RESOLVER + ", where the value does not come from the payload",
					ex);
		}
	}

	/** The items of a stream, the content of an Optional, or the parameter itself. */
	private Type payload(MethodParameter parameter) {
		if (this.resolvers.takesItems(parameter)) {
			return ResolvableType.forMethodParameter(parameter).getGeneric().getType();
		}
		MethodParameter nested = parameter.nestedIfOptional();
		return GenericTypeResolver.resolveType(nested.getNestedGenericParameterType(), nested.getContainingClass());
	}

	private static Type messagePayload(MethodParameter parameter) {
		ResolvableType payload = ResolvableType.forMethodParameter(parameter).as(Message.class).getGeneric();
		return (payload.resolve() != null) ? payload.getType() : Object.class;
	}

	private static String describe(MethodParameter parameter) {
		String name = parameter.getParameterName();
		return "parameter " + parameter.getParameterIndex() + ((name != null) ? " ('" + name + "')" : "");
	}

	private static String describe(Type type) {
		return (type instanceof Class<?> plain) ? ClassUtils.getQualifiedName(plain) : type.getTypeName();
	}

	private static InvalidHandlerException invalid(HandlerMethod method, String problem, String remedy) {
		return new InvalidHandlerException(method.toString(), problem, remedy);
	}

}
