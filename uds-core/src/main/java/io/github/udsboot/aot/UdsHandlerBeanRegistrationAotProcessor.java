package io.github.udsboot.aot;

import java.lang.reflect.Method;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils.MethodFilter;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.handler.method.ParameterAnnotations;

/**
 * Finds beans with handler methods, and contributes the hints for these and for the types
 * of their payloads and answers.
 */
class UdsHandlerBeanRegistrationAotProcessor implements BeanRegistrationAotProcessor {

	private static final BindingReflectionHintsRegistrar BINDING = new BindingReflectionHintsRegistrar();

	private static final MethodFilter HANDLERS = (
			method) -> AnnotatedElementUtils.hasAnnotation(method, UdsHandler.class)
					|| AnnotatedElementUtils.hasAnnotation(method, MessageExceptionHandler.class);

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
		Class<?> beanType = ClassUtils.getUserClass(registeredBean.getBeanClass());
		if (!AnnotationUtils.isCandidateClass(beanType, Set.of(UdsHandler.class, MessageExceptionHandler.class))) {
			return null;
		}
		Set<Method> methods = MethodIntrospector.selectMethods(beanType, HANDLERS);
		return methods.isEmpty() ? null : (generationContext, code) -> {
			ReflectionHints hints = generationContext.getRuntimeHints().reflection();
			methods.forEach((method) -> register(hints, method, beanType));
		};
	}

	private static void register(ReflectionHints hints, Method method, Class<?> beanType) {
		hints.registerMethod(method, ExecutableMode.INVOKE);
		BINDING.registerReflectionHints(hints,
				GenericTypeResolver.resolveType(method.getGenericReturnType(), beanType));
		for (MethodParameter parameter : new AnnotatedMethod(method).getMethodParameters()) {
			if (ParameterAnnotations.mayBePayload(parameter)) {
				BINDING.registerReflectionHints(hints,
						GenericTypeResolver.resolveType(parameter.getGenericParameterType(), beanType));
			}
		}
	}

}
