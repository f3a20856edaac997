package io.github.udsboot.annotation;

import java.lang.annotation.Annotation;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * Makes the
 * {@link org.springframework.messaging.handler.annotation.MessageExceptionHandler @MessageExceptionHandler}
 * methods of a bean answer for the {@link UdsHandler @UdsHandler} methods of other beans
 * when those fail, on all listeners. Methods of the failing bean itself take precedence.
 * Of several such beans, the first in the order of
 * {@link org.springframework.core.annotation.Order @Order} (or {@code Ordered}) that has
 * a method for the exception, or for its cause, answers.
 *
 * <p>
 * An exception handler method takes the exception, its causes, and anything that a
 * handler method takes. What it returns is the answer, with the status OK; to fail with a
 * status it throws a {@link io.github.udsboot.UdsStatusException}. It runs on the thread
 * on which the handler failed.
 *
 * <p>
 * By default the bean applies to all handlers; the attributes select some of them by
 * their class. A handler is selected if any one of the attributes matches.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface UdsHandlerAdvice {

	/**
	 * Alias for {@link #basePackages()}.
	 * @return the packages
	 */
	@AliasFor("basePackages")
	String[] value() default {};

	/**
	 * Select handlers in these packages and below.
	 * @return the packages
	 */
	@AliasFor("value")
	String[] basePackages() default {};

	/**
	 * Select handlers in the packages of these classes and below.
	 * @return the classes, such as one that marks its package
	 */
	Class<?>[] basePackageClasses() default {};

	/**
	 * Select handlers of these types.
	 * @return the classes or interfaces
	 */
	Class<?>[] assignableTypes() default {};

	/**
	 * Select handlers whose class has one of these annotations.
	 * @return the annotations
	 */
	Class<? extends Annotation>[] annotations() default {};

}
