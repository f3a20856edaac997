package io.github.udsboot.handler.method;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.springframework.messaging.handler.MessagingAdviceBean;

import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.UdsRouter;
import io.github.udsboot.handler.route.AmbiguousRouteException;
import io.github.udsboot.handler.route.InvalidRouteException;
import io.github.udsboot.handler.route.ListenerRoutes;
import io.github.udsboot.handler.route.RoutePattern;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;

/**
 * The handlers of all listeners. Filled while the application starts; the routes of a
 * listener are fixed from the moment its router is asked for. Thread-safe.
 */
public class HandlerRegistry {

	private final UdsHandlerMethodFactory factory;

	private final Map<String, ListenerRoutes> listeners = new LinkedHashMap<>();

	/**
	 * Create a registry that resolves and converts as by default.
	 */
	public HandlerRegistry() {
		this(new UdsHandlerMethodFactory());
	}

	/**
	 * Create a registry.
	 * @param factory makes handlers of methods
	 */
	public HandlerRegistry(UdsHandlerMethodFactory factory) {
		this.factory = factory;
	}

	/**
	 * Register a handler method with each of its listeners.
	 * @param endpoint the method and where it belongs
	 * @throws InvalidRouteException if the route is invalid, or the method asks for
	 * variables that are not in it
	 * @throws AmbiguousRouteException if a listener has a handler for the same requests
	 * @throws IllegalStateException if the router of a listener has been asked for
	 */
	public synchronized void register(UdsHandlerEndpoint endpoint) {
		RoutePattern pattern = endpoint.isDefaultHandler() ? null : parse(endpoint);
		UdsRequestHandler handler = this.factory.create(endpoint, (pattern != null) ? pattern.names() : Set.of());
		for (String listener : endpoint.listeners()) {
			this.listeners.computeIfAbsent(listener, ListenerRoutes::new).add(pattern, handler);
		}
	}

	/**
	 * Register a bean whose exception handler methods are for all handler methods it
	 * applies to, those registered before included.
	 * @param bean the bean, its type being known
	 * @throws IllegalStateException if two of its methods are for the same exception, or
	 * one is for none
	 */
	public void registerAdvice(MessagingAdviceBean bean) {
		this.factory.addAdvice(bean);
	}

	private static RoutePattern parse(UdsHandlerEndpoint endpoint) {
		try {
			return RoutePattern.parse(endpoint.route());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidRouteException(endpoint.route(), endpoint.describe(), String.valueOf(ex.getMessage()));
		}
	}

	/**
	 * Return the listeners that have a handler.
	 * @return their names, in the order of registration; a copy
	 */
	public synchronized Set<String> listenerNames() {
		return Collections.unmodifiableSet(new LinkedHashSet<>(this.listeners.keySet()));
	}

	/**
	 * Return the router of a listener and fix its routes.
	 * @param listenerName the name of the listener,
	 * {@link UdsHandlerEndpoint#DEFAULT_LISTENER} for the default one
	 * @return the router, always the same; empty if the listener has no handler
	 */
	public synchronized UdsRouter routerFor(String listenerName) {
		ListenerRoutes routes = this.listeners.get(listenerName);
		return (routes != null) ? routes.router() : emptyRouter(listenerName);
	}

	private static UdsRouter emptyRouter(String listenerName) {
		return new ListenerRoutes(listenerName).router();
	}

}
