package io.github.udsboot.springsecurity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationManagerFactory;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.DefaultAuthorizationManagerFactory;
import org.springframework.security.core.Authentication;
import org.springframework.util.Assert;

import io.github.udsboot.interceptor.UdsServerRequest;

/**
 * Who may send which requests, by listener and route. The first rule that matches
 * decides; what matches none is denied. Immutable and thread-safe.
 *
 * <pre class="code">
 * UdsRequestAuthorizationManager.builder()
 *     .listeners("admin").hasAuthority("UNIX_GROUP_ops")
 *     .routes("orders.get", "orders.*.read").hasRole("ORDERS")
 *     .routes("orders.**").authenticated()
 *     .anyRequest().denyAll()
 *     .build();
 * </pre>
 *
 * <p>
 * Rules are matched with the route of the handler, with its variables, which the listener
 * has found for the request. So there is no other way to write a route that a rule would
 * miss, and a literal does not match a variable: a rule that depends on the value of one
 * is {@linkplain AuthorizedRequest#access given} the request.
 */
public final class UdsRequestAuthorizationManager implements AuthorizationManager<UdsServerRequest> {

	private static final AuthorizationDecision DENIED = new AuthorizationDecision(false);

	private final List<RequestRule> rules;

	/** By listener and route of the handler, of which there is a limited number. */
	private final Map<String, Map<String, RequestRule>> found = new ConcurrentHashMap<>();

	private final RequestRule none = new RequestRule(Set.of(), List.of(), (authentication, request) -> DENIED);

	private UdsRequestAuthorizationManager(List<RequestRule> rules) {
		this.rules = List.copyOf(rules);
	}

	@Override
	public @Nullable AuthorizationResult authorize(Supplier<? extends @Nullable Authentication> authentication,
			UdsServerRequest request) {
		return find(request.listener(), request.routeTemplate()).manager().authorize(authentication, request);
	}

	private RequestRule find(String listener, String template) {
		Map<String, RequestRule> ofListener = this.found.get(listener);
		if (ofListener == null) {
			ofListener = this.found.computeIfAbsent(listener, (name) -> new ConcurrentHashMap<>());
		}
		RequestRule rule = ofListener.get(template);
		return (rule != null) ? rule : ofListener.computeIfAbsent(template, (route) -> match(listener, route));
	}

	private RequestRule match(String listener, String template) {
		return this.rules.stream().filter((rule) -> rule.matches(listener, template)).findFirst().orElse(this.none);
	}

	/**
	 * Check that each rule is the first that matches for at least one handler, so that
	 * none is there to no effect. The rule for any request need not be.
	 * @param handlers the routes of all handlers, by the name of the listener; empty for
	 * a handler without a route
	 * @throws UnreachableRuleException if there is one
	 */
	public void requireReachable(Map<String, ? extends Collection<String>> handlers) {
		new RuleReachability(this.rules, handlers).check();
	}

	/**
	 * Create a builder.
	 * @return a builder without rules
	 */
	public static Builder builder() {
		return builder(new DefaultAuthorizationManagerFactory<>());
	}

	/**
	 * Create a builder.
	 * @param factory creates what decides for a rule; knows the prefix and the hierarchy
	 * of roles
	 * @return a builder without rules
	 */
	public static Builder builder(AuthorizationManagerFactory<UdsServerRequest> factory) {
		return new Builder(factory);
	}

	/**
	 * Takes rules in their order. Not thread-safe.
	 */
	public static final class Builder {

		private final AuthorizationManagerFactory<UdsServerRequest> factory;

		private final List<RequestRule> rules = new ArrayList<>();

		private Builder(AuthorizationManagerFactory<UdsServerRequest> factory) {
			this.factory = factory;
		}

		/**
		 * Begin a rule for all requests to some listeners, also for those without a
		 * route.
		 * @param names the names of the listeners, at least one; {@code default} for the
		 * default one
		 * @return takes who may send them, or first the routes
		 */
		public AuthorizedListener listeners(String... names) {
			Assert.notEmpty(names, "Name at least one listener");
			return new AuthorizedListener(this, Set.of(names));
		}

		/**
		 * Begin a rule for requests to some routes on any listener.
		 * @param patterns the routes, at least one; a segment may be {@code *} or
		 * {@code {name}} for any one, which may be a variable, and the last may be
		 * {@code **} for any number of segments
		 * @return takes who may send them
		 * @throws IllegalArgumentException if a pattern is invalid
		 */
		public AuthorizedRequest routes(String... patterns) {
			return new AuthorizedRequest(this, Set.of(), patterns(patterns));
		}

		/**
		 * Begin the rule for requests that match no other rule, which must be the last.
		 * @return takes who may send them
		 */
		public AuthorizedRequest anyRequest() {
			return new AuthorizedRequest(this, Set.of(), List.of());
		}

		private static List<RulePattern> patterns(String... patterns) {
			Assert.notEmpty(patterns, "Name at least one route");
			return Arrays.stream(patterns).map(RulePattern::new).toList();
		}

		private Builder add(RequestRule rule) {
			Assert.state(this.rules.isEmpty() || !this.rules.get(this.rules.size() - 1).isForAnyRequest(),
					() -> "The rule for any request must be the last, and " + rule + " follows it");
			this.rules.add(rule);
			return this;
		}

		/**
		 * Build the authorization manager.
		 * @return the manager
		 * @throws IllegalStateException if there is no rule
		 */
		public UdsRequestAuthorizationManager build() {
			Assert.state(!this.rules.isEmpty(), "There is no rule, so that all requests would be denied: if that is "
					+ "what you want, say anyRequest().denyAll()");
			return new UdsRequestAuthorizationManager(this.rules);
		}

	}

	/**
	 * A rule for listeners that has begun.
	 */
	public static final class AuthorizedListener extends AuthorizedRequest {

		private AuthorizedListener(Builder builder, Set<String> listeners) {
			super(builder, listeners, List.of());
		}

		/**
		 * Restrict the rule to some routes of the listeners.
		 * @param patterns the routes, as for {@link Builder#routes}
		 * @return takes who may send them
		 * @throws IllegalArgumentException if a pattern is invalid
		 */
		public AuthorizedRequest routes(String... patterns) {
			return new AuthorizedRequest(super.builder, super.listeners, Builder.patterns(patterns));
		}

	}

	/**
	 * A rule that has begun, and takes who may send the requests it is for.
	 */
	public static class AuthorizedRequest {

		private final Builder builder;

		private final Set<String> listeners;

		private final List<RulePattern> patterns;

		private AuthorizedRequest(Builder builder, Set<String> listeners, List<RulePattern> patterns) {
			this.builder = builder;
			this.listeners = listeners;
			this.patterns = patterns;
		}

		/**
		 * Let all peers send them.
		 * @return the builder
		 */
		public Builder permitAll() {
			return access(this.builder.factory.permitAll());
		}

		/**
		 * Let no peer send them.
		 * @return the builder
		 */
		public Builder denyAll() {
			return access(this.builder.factory.denyAll());
		}

		/**
		 * Let those send them that are authenticated, as all peers are unless an
		 * interceptor says otherwise.
		 * @return the builder
		 */
		public Builder authenticated() {
			return access(this.builder.factory.authenticated());
		}

		/**
		 * Let those send them that have a role.
		 * @param role the role, without {@code ROLE_}
		 * @return the builder
		 */
		public Builder hasRole(String role) {
			return access(this.builder.factory.hasRole(role));
		}

		/**
		 * Let those send them that have one of several roles.
		 * @param roles the roles, without {@code ROLE_}
		 * @return the builder
		 */
		public Builder hasAnyRole(String... roles) {
			return access(this.builder.factory.hasAnyRole(roles));
		}

		/**
		 * Let those send them that have an authority.
		 * @param authority the authority, such as {@code UNIX_GROUP_ops}
		 * @return the builder
		 */
		public Builder hasAuthority(String authority) {
			return access(this.builder.factory.hasAuthority(authority));
		}

		/**
		 * Let those send them that have one of several authorities.
		 * @param authorities the authorities
		 * @return the builder
		 */
		public Builder hasAnyAuthority(String... authorities) {
			return access(this.builder.factory.hasAnyAuthority(authorities));
		}

		/**
		 * Let those send them that have all of several authorities.
		 * @param authorities the authorities
		 * @return the builder
		 */
		public Builder hasAllAuthorities(String... authorities) {
			return access(this.builder.factory.hasAllAuthorities(authorities));
		}

		/**
		 * Have something else decide, which sees the request.
		 * @param manager decides; must not block if handlers run on the event loop
		 * @return the builder
		 */
		public Builder access(AuthorizationManager<? super UdsServerRequest> manager) {
			return this.builder.add(new RequestRule(this.listeners, this.patterns, manager));
		}

	}

}
