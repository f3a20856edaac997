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
 * Registers typed clients as beans: a proxy for each interface with
 * {@link UdsExchange @UdsExchange} methods that is listed or found. For configuration
 * classes, repeatable for several clients. Nothing is found without it.
 *
 * <p>
 * A typed client is injected by the type of its interface, even if the application also
 * has the bean that serves the routes, since it is {@linkplain #primary() primary}.
 * Clients of several sockets are distinguished by {@code @Qualifier} with the
 * {@linkplain #client() name of the client}. An interface whose methods cannot be called
 * makes startup fail. A client that does not exist makes it fail where the typed client
 * is injected; with Spring Boot, in any case.
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
	 * The packages to search, including subpackages, for interfaces that are annotated
	 * with {@link UdsExchange @UdsExchange} or have methods that are, and for interfaces
	 * that extend these. Generic interfaces are left out.
	 * @return the packages; if no attribute names interfaces or packages, that of the
	 * annotated class
	 */
	String[] basePackages() default {};

	/**
	 * Classes in the packages to search, as a type-safe form of {@link #basePackages()}.
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
	 * Whether the typed clients are primary beans: injection by type, without a
	 * qualifier, gets the client, and not the application's bean that serves the routes,
	 * even if a field or parameter has the name of that bean. A bean of the same type
	 * that the application itself has made primary takes precedence: the client is not
	 * primary then. Switch this off for all but one of several clients of the same
	 * interface, or where injection should prefer the server.
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
