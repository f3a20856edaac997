package io.github.udsboot.handler.method;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.annotation.ValidationAnnotationUtils;

/**
 * What the annotations of a parameter say. A parameter without {@code @Payload} is the
 * payload only if none of them says that its value comes from elsewhere: what a caller
 * sends must not be taken for the user that an application's {@code @CurrentUser}
 * promises. Public for what prepares handlers ahead of time.
 */
public final class ParameterAnnotations {

	/** Of spring-messaging: each says what a parameter is for. */
	private static final List<Class<? extends Annotation>> PURPOSES = List.of(Payload.class, Header.class,
			Headers.class, DestinationVariable.class);

	/** Of whatever library, as the checkers of nullability recognise them. */
	private static final Set<String> NULLABILITY = Set.of("Nullable", "NonNull", "Nonnull", "NotNull", "NullMarked",
			"CheckForNull", "PossiblyNull", "ParametersAreNonnullByDefault", "UnknownNullness");

	private static final Set<String> HARMLESS_PACKAGES = Set.of("java.lang", "kotlin", "jakarta.validation",
			"jakarta.validation.groups");

	/** What stands on annotations and says how they are used. */
	private static final Set<String> META_PACKAGES = Set.of("java.lang.annotation", "kotlin.annotation",
			"jakarta.validation.constraintvalidation");

	/** The one annotation of Jackson's that the conversion of a parameter heeds. */
	private static final String JSON_VIEW = "com.fasterxml.jackson.annotation.JsonView";

	private static final String CONSTRAINT = "jakarta.validation.Constraint";

	private ParameterAnnotations() {
	}

	/**
	 * Return how many annotations say what a parameter is for.
	 * @param parameter the parameter
	 * @return the number of those of spring-messaging
	 */
	static long purposes(MethodParameter parameter) {
		return PURPOSES.stream().filter(parameter::hasParameterAnnotation).count();
	}

	/**
	 * Return whether nothing but its type may say what a parameter is: with
	 * {@code @Payload} it is the payload whatever else is there, and without any
	 * annotation but those of validation and nullability it may be.
	 * @param parameter the parameter
	 * @return whether no annotation asks for something else
	 */
	public static boolean mayBePayload(MethodParameter parameter) {
		return parameter.hasParameterAnnotation(Payload.class) || foreign(parameter) == null;
	}

	/**
	 * Return the first annotation that says that the value of a parameter is not the
	 * payload, or may say so.
	 * @param parameter the parameter
	 * @return the annotation, or {@code null} if there is none
	 */
	static @Nullable Annotation foreign(MethodParameter parameter) {
		return Stream
			.concat(Stream.of(parameter.getParameterAnnotations()),
					Stream.of(parameter.getParameter().getAnnotatedType().getAnnotations()))
			.filter((annotation) -> !isHarmless(annotation.annotationType(), Set.of()))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return whether a parameter asks to be validated.
	 * @param parameter the parameter
	 * @return whether it has {@code @Valid}, {@code @Validated} or the like
	 */
	static boolean asksForValidation(MethodParameter parameter) {
		return Stream.of(parameter.getParameterAnnotations())
			.anyMatch((annotation) -> ValidationAnnotationUtils.determineValidationHints(annotation) != null);
	}

	/**
	 * Return whether an annotation says nothing of where a value comes from. One that
	 * asks for validation may be made of others, of which the same must hold: behind the
	 * {@code @Validated} or {@code @NotNull} of a {@code @CurrentUser} there is more.
	 */
	private static boolean isHarmless(Class<? extends Annotation> type, Set<Class<?>> outer) {
		return type == Payload.class || type == Validated.class || NULLABILITY.contains(type.getSimpleName())
				|| HARMLESS_PACKAGES.contains(type.getPackageName()) || type.getName().equals(JSON_VIEW)
				|| isListOfConstraints(type)
				|| ((isConstraint(type) || type.isAnnotationPresent(Validated.class)) && isMadeOfHarmless(type, outer));
	}

	private static boolean isMadeOfHarmless(Class<? extends Annotation> type, Set<Class<?>> outer) {
		Set<Class<?>> seen = new HashSet<>(outer);
		seen.add(type);
		return Stream.of(type.getAnnotations())
			.map(Annotation::annotationType)
			.allMatch((each) -> seen.contains(each) || META_PACKAGES.contains(each.getPackageName())
					|| isHarmless(each, seen));
	}

	/** By name, since Jakarta Validation may be absent. */
	private static boolean isConstraint(Class<?> type) {
		return Stream.of(type.getAnnotations())
			.anyMatch((annotation) -> annotation.annotationType().getName().equals(CONSTRAINT));
	}

	/** What the compiler makes of a constraint that is there twice. */
	private static boolean isListOfConstraints(Class<? extends Annotation> type) {
		Method[] attributes = type.getDeclaredMethods();
		Class<?> element = (attributes.length == 1) ? attributes[0].getReturnType().getComponentType() : null;
		return element != null && element.isAnnotation() && isConstraint(element)
				&& isMadeOfHarmless(element.asSubclass(Annotation.class), Set.of()) && isMadeOfHarmless(type, Set.of());
	}

}
