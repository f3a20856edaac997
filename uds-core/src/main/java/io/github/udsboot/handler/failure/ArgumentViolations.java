package io.github.udsboot.handler.failure;

import java.lang.reflect.Method;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.util.ClassUtils;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.MethodValidationException;
import org.springframework.validation.method.ParameterValidationResult;

import io.github.udsboot.handler.route.UdsHandlerEndpoint;

/**
 * Recognises the exceptions with which the proxy of a {@code @Validated} bean refuses the
 * arguments of a handler method, before that runs, or with which an application refuses
 * an object it has validated itself. Their violations are named. Of the same exception
 * from a bean below the handler a peer gets to know no more than that something is not
 * valid: the names are those of the program, and its fault may be the program's.
 */
final class ArgumentViolations {

	private static final boolean JAKARTA_PRESENT = ClassUtils.isPresent("jakarta.validation.ConstraintViolation",
			ArgumentViolations.class.getClassLoader());

	private ArgumentViolations() {
	}

	/**
	 * Describe the violations.
	 * @param failure what the call of the handler method threw
	 * @param endpoint the handler method
	 * @return the message for the peer, or {@code null} if the failure is another one
	 */
	static @Nullable String describe(Throwable failure, UdsHandlerEndpoint endpoint) {
		Stream<String> violations = null;
		if (failure instanceof MethodValidationException ex) {
			violations = isOf(ex, endpoint) ? describe(ex) : null;
		}
		else if (JAKARTA_PRESENT) {
			violations = Jakarta.describe(failure, endpoint);
		}
		return (violations != null) ? violations.sorted().collect(Collectors.joining("; ", "not valid: ", "")) : null;
	}

	/**
	 * Return whether a method, of whatever bean, has refused its arguments.
	 * @param failure what was thrown
	 * @return {@code false} for another exception, and for a return value that is not
	 * valid
	 */
	static boolean isOfArguments(Throwable failure) {
		return (failure instanceof MethodValidationException ex) ? !ex.isForReturnValue()
				: JAKARTA_PRESENT && Jakarta.isOfArguments(failure);
	}

	private static boolean isOf(MethodValidationException failure, UdsHandlerEndpoint endpoint) {
		Method method = failure.getMethod();
		return !failure.isForReturnValue() && endpoint.beanType().isInstance(failure.getTarget())
				&& method.getName().equals(endpoint.method().getName())
				&& method.getParameterCount() == endpoint.method().getParameterCount();
	}

	private static Stream<String> describe(MethodValidationException failure) {
		return Stream.concat(failure.getParameterValidationResults().stream().flatMap(ArgumentViolations::describe),
				failure.getCrossParameterValidationResults().stream().map(ArgumentViolations::message));
	}

	private static Stream<String> describe(ParameterValidationResult result) {
		String parameter = result.getMethodParameter().getParameterName();
		return result.getResolvableErrors()
			.stream()
			.map((error) -> ((error instanceof FieldError field) ? field.getField() : parameter) + " "
					+ message(error));
	}

	private static String message(MessageSourceResolvable error) {
		return String.valueOf(error.getDefaultMessage());
	}

	/**
	 * Apart, since Jakarta Validation may be absent.
	 */
	private static final class Jakarta {

		static @Nullable Stream<String> describe(Throwable failure, UdsHandlerEndpoint endpoint) {
			if (!(failure instanceof ConstraintViolationException ex)) {
				return null;
			}
			Set<ConstraintViolation<?>> violations = ex.getConstraintViolations();
			boolean ours = violations != null && !violations.isEmpty()
					&& violations.stream().allMatch((violation) -> !isOfMethod(violation) || isOf(violation, endpoint));
			return ours ? violations.stream().map(Jakarta::describe) : null;
		}

		static boolean isOfArguments(Throwable failure) {
			if (!(failure instanceof ConstraintViolationException ex)) {
				return false;
			}
			Set<ConstraintViolation<?>> violations = ex.getConstraintViolations();
			return violations == null || violations.stream().noneMatch(Jakarta::isOfReturnValue);
		}

		private static boolean isOfMethod(ConstraintViolation<?> violation) {
			return has(violation, ElementKind.METHOD) || has(violation, ElementKind.CONSTRUCTOR);
		}

		private static boolean isOfReturnValue(ConstraintViolation<?> violation) {
			return has(violation, ElementKind.RETURN_VALUE);
		}

		private static boolean has(ConstraintViolation<?> violation, ElementKind kind) {
			for (Path.Node node : violation.getPropertyPath()) {
				if (node.getKind() == kind) {
					return true;
				}
			}
			return false;
		}

		private static boolean isOf(ConstraintViolation<?> violation, UdsHandlerEndpoint endpoint) {
			Iterator<Path.Node> path = violation.getPropertyPath().iterator();
			Path.Node method = path.hasNext() ? path.next() : null;
			Path.Node argument = path.hasNext() ? path.next() : null;
			return endpoint.beanType().isInstance(violation.getRootBean()) && method != null
					&& method.getKind() == ElementKind.METHOD && method.getName().equals(endpoint.method().getName())
					&& argument != null && argument.getKind() != ElementKind.RETURN_VALUE;
		}

		private static String describe(ConstraintViolation<?> violation) {
			String path = violation.getPropertyPath().toString();
			String field = isOfMethod(violation) ? path.substring(path.indexOf('.') + 1) : path;
			return (field + " " + violation.getMessage()).strip();
		}

	}

}
