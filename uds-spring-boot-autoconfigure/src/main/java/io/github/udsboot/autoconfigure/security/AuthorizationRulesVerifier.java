package io.github.udsboot.autoconfigure.security;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;

import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.springsecurity.UdsRequestAuthorizationManager;

/**
 * Makes sure, before the first listener starts, that each rule for requests applies to a
 * handler.
 */
final class AuthorizationRulesVerifier extends StartVerifier {

	private final HandlerRegistry registry;

	private final ObjectProvider<UdsRequestAuthorizationManager> managers;

	AuthorizationRulesVerifier(HandlerRegistry registry, ObjectProvider<UdsRequestAuthorizationManager> managers) {
		this.registry = registry;
		this.managers = managers;
	}

	@Override
	void verify() {
		Map<String, List<String>> handlers = new LinkedHashMap<>();
		for (String listener : this.registry.listenerNames()) {
			handlers.put(listener,
					this.registry.routerFor(listener)
						.handlers()
						.stream()
						.map(UdsRequestHandler::route)
						.sorted()
						.toList());
		}
		this.managers.orderedStream().forEach((manager) -> manager.requireReachable(handlers));
	}

}
