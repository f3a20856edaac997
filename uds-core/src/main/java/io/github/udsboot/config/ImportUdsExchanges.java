package io.github.udsboot.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;

import io.github.udsboot.annotation.UdsExchange;

/**
 * Makes beans of typed clients: a proxy for each interface with
 * {@link UdsExchange @UdsExchange} methods that is listed or found. To be put on
 * configuration classes, as often as there are clients. Nothing is found without it.
 *
 * <p>
 * A typed client is injected by the type of its interface, also where the application has
 * the bean that serves the routes, since it is {@linkplain #primary() primary}. Clients
 * of several sockets are told apart by {@code @Qualifier} with the {@linkplain #client()
 * name of the client}. An interface whose methods cannot be called fails the start. A
 * client that does not exist fails it where the typed client is injected; with Spring
 * Boot, in any case.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Repeatable(ImportUdsExchanges.Container.class)
@Import(UdsExchangesRegistrar.class)
public @interface ImportUdsExchanges {

	/**
	 * The name of the client that has none of its own.
	 */
	String DEFAULT_CLIENT = "default";

	/**
	 * Alias for {@link #types()}.
	 * @return the interfaces
	 */
	@AliasFor("types")
	Class<?>[] value() default {};

	/**
	 * The interfaces.
	 * @return the interfaces
	 */
	@AliasFor("value")
	Class<?>[] types() default {};

	/**
	 * The packages to search, with those below them, for interfaces that are annotated
	 * with {@link UdsExchange @UdsExchange} or have methods that are, and for those that
	 * extend such. Generic interfaces are left out.
	 * @return the packages; if nothing is given at all, that of the annotated class
	 */
	String[] basePackages() default {};

	/**
	 * Classes in the packages to search, as a safe form of {@link #basePackages()}.
	 * @return the classes
	 */
	Class<?>[] basePackageClasses() default {};

	/**
	 * The client that makes the calls: the name of one below {@code uds.clients}, or the
	 * qualifier or name of a bean of type {@code UdsOperations}. Property placeholders
	 * are resolved.
	 * @return the name, by default that of the client without a name, which is the
	 * {@code UdsTemplate} that is injected without a qualifier
	 */
	String client() default DEFAULT_CLIENT;

	/**
	 * Whether the typed clients are primary beans: what is injected by type, without a
	 * qualifier, is the client, and not the bean of the application that serves the
	 * routes, even if a field or parameter has the name of that bean. A bean of the same
	 * type that the application has made primary itself goes first: the client is not
	 * primary then. To be switched off for all but one of several clients of the same
	 * interface, or where injection is to prefer the server.
	 * @return whether they are, by default {@code true}
	 */
	boolean primary() default true;

	/**
	 * Holds several {@link ImportUdsExchanges @ImportUdsExchanges}.
	 */
	@Target(ElementType.TYPE)
	@Retention(RetentionPolicy.RUNTIME)
	@Documented
	@Import(UdsExchangesRegistrar.class)
	@interface Container {

		/**
		 * The annotations.
		 * @return the annotations
		 */
		ImportUdsExchanges[] value();

	}

}
