package io.github.udsboot.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method of a bean the handler of a route. The method may be declared by an
 * interface and called through a proxy; it must not be private or protected. On a class
 * or an interface, the annotation makes no handler by itself: it sets a prefix for the
 * routes of the methods (joined with a dot), and the listeners and the execution of the
 * methods that set none.
 *
 * <p>
 * A method may take any of: a payload ({@code byte[]}, {@code ByteBuffer},
 * {@code String}, a protobuf message, or a type that JSON is read into; with or without
 * {@link org.springframework.messaging.handler.annotation.Payload @Payload}),
 * {@link org.springframework.messaging.handler.annotation.Header @Header},
 * {@link org.springframework.messaging.handler.annotation.Headers @Headers},
 * {@link org.springframework.messaging.handler.annotation.DestinationVariable @DestinationVariable},
 * {@link org.springframework.messaging.Message} (which may stand beside a payload) and
 * {@link io.github.udsboot.PeerCredentials}, which is also what a
 * {@link java.security.Principal} is. One parameter is the payload: the one with
 * {@code @Payload}, or the one without annotations other than those of validation and
 * nullability. A parameter that cannot be resolved makes startup fail. A method returns a
 * value, nothing, an {@code Optional} or a {@code CompletionStage} of these, or a stream
 * of items.
 *
 * <p>
 * When the caller no longer waits for the answer, because it has cancelled the call or
 * has gone, or because the deadline has passed, a running method is interrupted, and a
 * stage that it has returned is cancelled. One-way calls are not.
 * {@link io.github.udsboot.UdsDeadline#current()} tells how much time is left.
 *
 * <p>
 * On a class that implements interfaces with {@link UdsExchange @UdsExchange} methods, or
 * on a method that implements one, the annotation makes handlers of these methods. Their
 * routes are those of the interface, without the prefix of the class.
 *
 * <p>
 * To fail with a status of its choice, a method throws a
 * {@link io.github.udsboot.UdsStatusException}. Any other exception goes to methods
 * annotated with
 * {@link org.springframework.messaging.handler.annotation.MessageExceptionHandler @MessageExceptionHandler},
 * of the same bean or of a {@link UdsHandlerAdvice}.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface UdsHandler {

	/**
	 * The dotted route, such as {@code orders.get} or {@code orders.{id}.get}. A variable
	 * stands for exactly one segment. If several routes match, a literal takes precedence
	 * over a variable, from left to right. Property placeholders are resolved.
	 * @return the route, by default only the prefix of the class, and none if there is no
	 * prefix either: the handler of a protocol without routes
	 */
	String value() default "";

	/**
	 * The names of the listeners to which this handler belongs; empty for those of the
	 * class and, if it names none, the default listener only. Property placeholders are
	 * resolved.
	 * @return the names
	 */
	String[] listener() default {};

	/**
	 * Which thread runs the handler.
	 * @return the execution, by default that of the class or, if it sets none, that of
	 * the listener
	 */
	Execution execution() default Execution.AUTO;

}
