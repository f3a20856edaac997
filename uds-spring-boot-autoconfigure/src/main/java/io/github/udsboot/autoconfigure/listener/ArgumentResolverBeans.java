package io.github.udsboot.autoconfigure.listener;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.apache.commons.logging.Log;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.util.ReflectionUtils;

import io.github.udsboot.guard.GuardedLog;

/**
 * The argument resolvers of the application. Their type is that of all users of
 * spring-messaging, so a bean may be meant for the methods of another one. A resolver
 * that would accept parameters without an annotation and of a generic type would take
 * payloads away from handlers that do not expect it, and is not used.
 */
final class ArgumentResolverBeans {

	private static final Log logger = GuardedLog.of(ArgumentResolverBeans.class);

	private static final List<MethodParameter> PAYLOADS = payloads();

	private ArgumentResolverBeans() {
	}

	/**
	 * Return the resolvers to use for handlers.
	 * @param resolvers all resolvers, in their order
	 * @return those that leave payloads alone
	 */
	static List<HandlerMethodArgumentResolver> forHandlers(List<HandlerMethodArgumentResolver> resolvers) {
		return resolvers.stream().filter(ArgumentResolverBeans::leavesPayloadsAlone).toList();
	}

	private static boolean leavesPayloadsAlone(HandlerMethodArgumentResolver resolver) {
		for (MethodParameter payload : PAYLOADS) {
			if (resolver.supportsParameter(payload)) {
				logger.info("Handlers do not use the argument resolver " + resolver.getClass().getName()
						+ ": it takes any parameter of type " + payload.getParameterType().getSimpleName()
						+ ", which may be a payload. To have it all the same, define a UdsHandlerMethodFactory bean");
				return false;
			}
		}
		return true;
	}

	private static List<MethodParameter> payloads() {
		Method method = ReflectionUtils.findMethod(ArgumentResolverBeans.class, "payloads", byte[].class, String.class,
				List.class, Map.class, Object.class);
		return (method != null) ? IntStream.range(0, method.getParameterCount())
			.mapToObj((index) -> new MethodParameter(method, index))
			.toList() : List.of();
	}

	/** Stands for handlers, with parameters that can only be the payload. */
	@SuppressWarnings("unused")
	private static void payloads(byte[] bytes, String text, List<String> list, Map<String, Object> map, Object any) {
	}

}
