package io.github.udsboot.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Makes a method of an interface a call of a route. The interface is a contract: a typed
 * client, made by {@link io.github.udsboot.client.service.UdsServiceProxyFactory
 * UdsServiceProxyFactory} or imported with {@code @ImportUdsExchanges}, calls the routes
 * of its methods, and a bean that implements it and is annotated with
 * {@link UdsHandler @UdsHandler} serves them. On the interface, the annotation sets a
 * prefix for the routes of the methods (joined with a dot) and the timeout of the methods
 * that set none.
 *
 * <p>
 * A method may take any of these arguments:
 * <ul>
 * <li>the payload, with
 * {@link org.springframework.messaging.handler.annotation.Payload @Payload} or without an
 * annotation, at most one;
 * <li>{@link org.springframework.messaging.handler.annotation.Header @Header}, sent with
 * the request; a collection or an array becomes a header with several values;
 * <li>{@link org.springframework.messaging.handler.annotation.DestinationVariable @DestinationVariable},
 * one for each variable of the route;
 * <li>a {@link java.time.Duration} without an annotation: the timeout of the call, or the
 * default if it is {@code null}. The bean that serves the route gets the time that is
 * left, {@code null} if the caller sets no limit.
 * </ul>
 * Arguments other than the timeout must not be {@code null} or an empty {@code Optional}
 * unless the annotation allows it, or the parameter is an {@code Optional} or
 * {@code @Nullable}.
 *
 * <p>
 * It may return:
 * <ul>
 * <li>a value, {@code null} if the answer is empty, or an {@code Optional}: the calling
 * thread waits;
 * <li>nothing: the calling thread waits until the server has done its work, and a failure
 * is thrown, unless the call is {@linkplain #oneWay() one way};
 * <li>a {@link java.util.concurrent.CompletionStage} or
 * {@link java.util.concurrent.CompletableFuture}: no thread waits;
 * <li>a {@code Mono} or another type of a single value, if Reactor is present and
 * Spring's {@code ReactiveAdapterRegistry} knows it: each subscription is a call.
 * </ul>
 * A call fails like those of {@link io.github.udsboot.client.UdsOperations
 * UdsOperations}. A method without the annotation must be a default method.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface UdsExchange {

	/**
	 * Alias for {@link #route()}.
	 * @return the route
	 */
	@AliasFor("route")
	String value() default "";

	/**
	 * The dotted route, such as {@code orders.get} or {@code orders.{id}.get}. A variable
	 * is a whole segment and takes its value from the {@code @DestinationVariable} of its
	 * name; the value must not be empty or contain a dot. Property placeholders are
	 * resolved.
	 * @return the route, by default the prefix of the interface alone
	 */
	@AliasFor("value")
	String route() default "";

	/**
	 * The time for the whole call, such as {@code 200ms}, {@code 5s} or {@code PT5S};
	 * must be more than zero. Property placeholders are resolved. Only the client uses
	 * it.
	 * @return the timeout, by default that of the interface or, if it sets none, the
	 * client's (30 s)
	 */
	String timeout() default "";

	/**
	 * Whether a call returns as soon as the request is on its way to a server that was
	 * reached. The caller does not learn the outcome; a failure is only logged. For
	 * methods that return nothing, and never on the interface. Only the client uses it.
	 * @return {@code true} for one way, by default {@code false}
	 */
	boolean oneWay() default false;

}
