package io.github.udsboot.springsecurity;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;

import io.github.udsboot.interceptor.UdsServerRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class UdsRequestAuthorizationManagerTests {

	private static final Map<String, List<String>> HANDLERS = Map.of("default",
			List.of("orders.get", "orders.{id}.read", "orders.{id}.delete", "health"), "admin", List.of(""));

	private static UdsServerRequest request(String listener, String template, String route) {
		return new UdsServerRequest(listener, template, route, new byte[0], Map.of(), Peers.peer("ada"), null, null,
				Map.of());
	}

	private static boolean grants(UdsRequestAuthorizationManager manager, String listener, String template,
			String... authorities) {
		Authentication authentication = new UdsPeerAuthentication(Peers.peer("ada"), null,
				(peer) -> AuthorityUtils.createAuthorityList(authorities));
		// What the peer has sent must not matter
		boolean granted = isGranted(manager, request(listener, template, template), authentication);
		assertThat(isGranted(manager, request(listener, template, "health"), authentication)).isEqualTo(granted);
		return granted;
	}

	private static boolean isGranted(UdsRequestAuthorizationManager manager, UdsServerRequest request,
			Authentication authentication) {
		return manager.authorize(() -> authentication, request).isGranted();
	}

	@Test
	void theFirstRuleThatMatchesDecides() {
		UdsRequestAuthorizationManager manager = UdsRequestAuthorizationManager.builder()
			.listeners("admin")
			.hasAuthority("UNIX_GROUP_ops")
			.routes("orders.get", "orders.*.read")
			.hasRole("ORDERS")
			.routes("orders.**")
			.denyAll()
			.anyRequest()
			.authenticated()
			.build();
		assertThat(grants(manager, "admin", "", "UNIX_GROUP_ops")).isTrue();
		assertThat(grants(manager, "admin", "orders.x", "UNIX_GROUP_ops")).isTrue();
		assertThat(grants(manager, "admin", "health", "ROLE_ORDERS")).isFalse();
		assertThat(grants(manager, "default", "orders.get", "ROLE_ORDERS")).isTrue();
		assertThat(grants(manager, "default", "orders.get")).isFalse();
		assertThat(grants(manager, "default", "orders.{id}.read", "ROLE_ORDERS")).isTrue();
		assertThat(grants(manager, "default", "orders.{id}.delete", "ROLE_ORDERS")).isFalse();
		assertThat(grants(manager, "default", "health")).isTrue();
		assertThat(grants(manager, "default", "")).isTrue();
		manager.requireReachable(HANDLERS);
	}

	@Test
	void whatMatchesNoRuleIsDenied() {
		UdsRequestAuthorizationManager manager = UdsRequestAuthorizationManager.builder()
			.routes("health")
			.permitAll()
			.build();
		assertThat(grants(manager, "default", "health")).isTrue();
		assertThat(grants(manager, "default", "orders.get")).isFalse();
		assertThat(grants(manager, "default", "")).isFalse();
	}

	@Test
	void aRuleMayBeForRoutesOfAListener() {
		UdsRequestAuthorizationManager manager = UdsRequestAuthorizationManager.builder()
			.listeners("admin", "ops")
			.routes("users.**")
			.permitAll()
			.anyRequest()
			.denyAll()
			.build();
		assertThat(grants(manager, "admin", "users.get")).isTrue();
		assertThat(grants(manager, "ops", "users")).isTrue();
		assertThat(grants(manager, "admin", "orders.get")).isFalse();
		assertThat(grants(manager, "default", "users.get")).isFalse();
	}

	@Test
	void rulesTakeWhatSpringSecurityHas() {
		UdsRequestAuthorizationManager manager = UdsRequestAuthorizationManager.builder()
			.routes("one")
			.hasAnyRole("A", "B")
			.routes("two")
			.hasAnyAuthority("A", "B")
			.routes("three")
			.hasAllAuthorities("A", "B")
			.routes("four")
			.access((authentication, request) -> new AuthorizationDecision(request.payload().length == 0))
			.build();
		assertThat(grants(manager, "default", "one", "ROLE_B")).isTrue();
		assertThat(grants(manager, "default", "one", "B")).isFalse();
		assertThat(grants(manager, "default", "two", "B")).isTrue();
		assertThat(grants(manager, "default", "two", "C")).isFalse();
		assertThat(grants(manager, "default", "three", "A", "B")).isTrue();
		assertThat(grants(manager, "default", "three", "A")).isFalse();
		assertThat(grants(manager, "default", "four")).isTrue();
	}

	@Test
	void withoutAnAuthenticationNothingIsGrantedThatAsksForOne() {
		UdsRequestAuthorizationManager manager = UdsRequestAuthorizationManager.builder()
			.routes("open")
			.permitAll()
			.anyRequest()
			.authenticated()
			.build();
		assertThat(manager.authorize(() -> null, request("default", "open", "open")).isGranted()).isTrue();
		assertThat(manager.authorize(() -> null, request("default", "a", "a")).isGranted()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "a.b, a.b, true", "a.b, a.B, false", "a.b, a, false", "a.b, a.b.c, false", "a.*, a.{id}, true",
			"a.*, a.b, true", "a.*, a, false", "a.*, a.b.c, false", "a.{x}, a.{id}, true", "a.b, a.{id}, false",
			"a.**, a, true", "a.**, a.b.{id}, true", "a.**, ab, false", "**, a.b, true", "**, '', true", "*, '', false",
			"*, a, true", "*.**, '', false", "a.*.c, a.{id}.c, true" })
	void patternsMatchTheRouteOfTheHandler(String pattern, String template, boolean matches) {
		assertThat(new RulePattern(pattern).matches(template)).isEqualTo(matches);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a..b", ".a", "a.", "a*", "a.b*.c", "**.a", "a.**.b", "***" })
	void aPatternMustBeValid(String pattern) {
		assertThatIllegalArgumentException().isThrownBy(() -> UdsRequestAuthorizationManager.builder().routes(pattern))
			.withMessageContaining("'" + pattern + "'");
	}

	@Test
	void theRuleForAnyRequestMustBeTheLast() {
		UdsRequestAuthorizationManager.Builder builder = UdsRequestAuthorizationManager.builder()
			.anyRequest()
			.permitAll();
		assertThatIllegalStateException().isThrownBy(() -> builder.routes("a").denyAll())
			.withMessageContaining("routes [a]");
		assertThatIllegalStateException().isThrownBy(() -> builder.anyRequest().denyAll());
	}

	@Test
	void thereMustBeARule() {
		assertThatIllegalStateException().isThrownBy(() -> UdsRequestAuthorizationManager.builder().build());
		assertThatIllegalArgumentException().isThrownBy(() -> UdsRequestAuthorizationManager.builder().routes());
		assertThatIllegalArgumentException().isThrownBy(() -> UdsRequestAuthorizationManager.builder().listeners());
	}

	@ParameterizedTest
	@ValueSource(strings = { "order.get", "orders.42.read", "orders", "orders.*.*.read" })
	void aRuleThatMatchesNoHandlerIsRefused(String pattern) {
		UdsRequestAuthorizationManager manager = UdsRequestAuthorizationManager.builder()
			.routes("health")
			.permitAll()
			.routes(pattern)
			.denyAll()
			.anyRequest()
			.permitAll()
			.build();
		assertThatExceptionOfType(UnreachableRuleException.class).isThrownBy(() -> manager.requireReachable(HANDLERS))
			.withMessageContaining("Rule 2 (routes [" + pattern + "])")
			.withMessageContaining("no handler has such a route");
	}

	@Test
	void aRuleForAListenerWithoutHandlersIsRefused() {
		UdsRequestAuthorizationManager manager = UdsRequestAuthorizationManager.builder()
			.listeners("amdin")
			.denyAll()
			.build();
		assertThatExceptionOfType(UnreachableRuleException.class).isThrownBy(() -> manager.requireReachable(HANDLERS))
			.withMessageContaining("listeners [amdin]");
	}

	@Test
	void aRuleBehindAWiderOneIsRefused() {
		UdsRequestAuthorizationManager manager = UdsRequestAuthorizationManager.builder()
			.routes("orders.**")
			.permitAll()
			.routes("orders.*.delete")
			.denyAll()
			.build();
		assertThatExceptionOfType(UnreachableRuleException.class).isThrownBy(() -> manager.requireReachable(HANDLERS))
			.withMessageContaining("Rule 2 (routes [orders.*.delete])")
			.withMessageContaining("an earlier rule decides (routes [orders.**])");
	}

}
