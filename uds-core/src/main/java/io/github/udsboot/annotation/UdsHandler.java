package io.github.udsboot.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method of a bean the handler of a route. On the class it gives a prefix for the
 * routes of its methods and makes no handler by itself.
 *
 * <p>
 * A method takes any of: a payload ({@code byte[]}, {@code ByteBuffer}, {@code String}, a
 * protobuf message, or a type that JSON is read into; with or without
 * {@link org.springframework.messaging.handler.annotation.Payload @Payload}),
 * {@link org.springframework.messaging.handler.annotation.Header @Header},
 * {@link org.springframework.messaging.handler.annotation.Headers @Headers},
 * {@link org.springframework.messaging.handler.annotation.DestinationVariable @DestinationVariable},
 * {@link org.springframework.messaging.Message} and
 * {@link io.github.udsboot.PeerCredentials}. It returns a value, nothing, an
 * {@code Optional} or a {@code CompletionStage} of these.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface UdsHandler {

	/**
	 * The dotted route, such as {@code orders.get} or {@code orders.{id}.get}. Property
	 * placeholders are resolved.
	 * @return the route
	 */
	String value() default "";

	/**
	 * The names of the listeners this handler belongs to; empty for the default listener
	 * only.
	 * @return the names
	 */
	String[] listener() default {};

	/**
	 * Which thread runs the handler.
	 * @return the execution, by default as the listener is configured
	 */
	Execution execution() default Execution.AUTO;

}
