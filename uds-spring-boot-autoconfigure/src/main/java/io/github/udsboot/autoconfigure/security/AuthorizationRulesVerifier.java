package io.github.udsboot.autoconfigure.security;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.github.udsboot.handler.UdsRequestHandler;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.springsecurity.UdsRequestAuthorizationManager;

/**
 * Makes sure, before the first listener starts, that each rule for requests applies to a
 * handler.
 */
final class AuthorizationRulesVerifier extends StartVerifier {

	private final HandlerRegistry registry;

	private final ConfigurableListableBeanFactory beanFactory;

	AuthorizationRulesVerifier(HandlerRegistry registry, ConfigurableListableBeanFactory beanFactory) {
		this.registry = registry;
		this.beanFactory = beanFactory;
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
		for (String name : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory,
				UdsRequestAuthorizationManager.class)) {
			this.beanFactory.getBean(name, UdsRequestAuthorizationManager.class).requireReachable(handlers);
		}
	}

}
