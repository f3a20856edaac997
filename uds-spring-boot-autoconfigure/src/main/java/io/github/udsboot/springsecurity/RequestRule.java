package io.github.udsboot.springsecurity;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.springframework.security.authorization.AuthorizationManager;

import io.github.udsboot.interceptor.UdsServerRequest;

/**
 * Who may send requests of a kind. Immutable.
 *
 * @param listeners the names of the listeners, empty for all
 * @param patterns the routes, empty for all and for handlers without one
 * @param manager decides
 */
record RequestRule(Set<String> listeners, List<RulePattern> patterns,
		AuthorizationManager<? super UdsServerRequest> manager) {

	boolean matches(String listener, String template) {
		return (this.listeners.isEmpty() || this.listeners.contains(listener))
				&& (this.patterns.isEmpty() || this.patterns.stream().anyMatch((pattern) -> pattern.matches(template)));
	}

	boolean isForAnyRequest() {
		return this.listeners.isEmpty() && this.patterns.isEmpty();
	}

	@Override
	public String toString() {
		if (isForAnyRequest()) {
			return "any request";
		}
		String routes = this.patterns.isEmpty() ? "" : "routes " + this.patterns;
		String on = this.listeners.isEmpty() ? "" : "listeners " + new TreeSet<>(this.listeners);
		return (routes + " " + on).trim();
	}

}
