package io.github.udsboot.autoconfigure.security;

import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.core.context.SecurityContextImpl;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.PeerIdentity;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.handler.method.InvalidHandlerException;
import io.github.udsboot.interceptor.PeerContextFactory;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.interceptor.UdsServerResponse;
import io.github.udsboot.springsecurity.AuthorizationServerInterceptor;
import io.github.udsboot.springsecurity.PeerAuthoritiesMapper;
import io.github.udsboot.springsecurity.SecurityContextPeerContextFactory;
import io.github.udsboot.springsecurity.UdsPeerAuthentication;
import io.github.udsboot.springsecurity.UdsPeerAuthenticationDetails;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The security context that handlers find, and what of it they may have as an argument.
 */
@ExtendWith(OutputCaptureExtension.class)
class UdsSecurityAutoConfigurationTests {

	private static final String USER = System.getProperty("user.name");

	@TempDir
	private Path directory;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class,
					UdsSecurityAutoConfiguration.class))
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"));
	}

	private static String request(ApplicationContext context, String route) {
		return context.getBean(UdsTemplate.class).request(route, "x", String.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "holder", "pool", "future", "failing", "authentication", "peer-authentication",
			"principal", "annotated", "expression", "mono", "deferred" })
	void aHandlerHasTheAuthenticationOfItsCaller(String route) {
		this.contextRunner.withBean(Handlers.class).run((context) -> {
			assertThat(request(context, route)).isEqualTo(USER + " authenticated");
			assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "items", "flux" })
	void theSourceOfAStreamHasIt(String route) {
		this.contextRunner.withBean(Handlers.class).run((context) -> {
			try (Stream<String> items = context.getBean(UdsTemplate.class).stream(route, "x", String.class)) {
				assertThat(items).hasSize(500).containsOnly(USER + " authenticated");
			}
		});
	}

	@Test
	void itIsOneForAConnectionInAContextOfItsOwnForEachCall() {
		this.contextRunner.withPropertyValues("uds.client.max-connections=1")
			.withBean(Handlers.class)
			.run((context) -> {
				Handlers handlers = context.getBean(Handlers.class);
				assertThat(request(context, "change")).isEqualTo("changed");
				assertThat(request(context, "change")).isEqualTo("changed");
				assertThat(request(context, "holder")).isEqualTo(USER + " authenticated");
				assertThat(handlers.contexts).hasSize(2);
				assertThat(handlers.contexts.get(0)).isNotSameAs(handlers.contexts.get(1));
				assertThat(handlers.authentications).hasSize(2).doesNotContainNull();
				assertThat(handlers.authentications.get(0)).isSameAs(handlers.authentications.get(1));
				assertThat(handlers.authentications.get(0).getDetails())
					.isEqualTo(new UdsPeerAuthenticationDetails("default"));
			});
	}

	/** As where a controller, behind Spring Security's filters, calls a handler. */
	@Test
	void aThreadThatCallsKeepsItsOwnContextAndTheHandlerDoesNotSeeIt() {
		SecurityContext http = new SecurityContextImpl(
				UsernamePasswordAuthenticationToken.authenticated("http", null, List.of()));
		this.contextRunner.withBean(Handlers.class).run((context) -> {
			SecurityContextHolder.setContext(http);
			try {
				for (String route : List.of("holder", "pool", "future", "failing", "mono")) {
					assertThat(request(context, route)).isEqualTo(USER + " authenticated");
					assertThat(SecurityContextHolder.getContext()).isSameAs(http);
					assertThat(http.getAuthentication().getName()).isEqualTo("http");
				}
			}
			finally {
				SecurityContextHolder.clearContext();
			}
		});
	}

	@Test
	void whenThereIsNoSpringSecurityThenNothingChanges() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.security"))
			.withBean(PlainHandlers.class)
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(PeerContextFactory.class);
				assertThat(context.getBeansOfType(UdsServerInterceptor.class)).isEmpty();
				assertThat(request(context, "principal")).isEqualTo(PeerCredentials.class.getName());
			});
	}

	@Test
	void whenThereIsNoReactorThenHandlersHaveTheContextAllTheSame() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("reactor", "org.reactivestreams"))
			.withBean(PlainHandlers.class)
			.run((context) -> assertThat(request(context, "principal"))
				.isEqualTo(UdsPeerAuthentication.class.getName()));
	}

	@Test
	void whenThereIsNoMessagingModuleThenAPrincipalByAnnotationIsNoArgument() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.security.messaging"))
			.withBean(AnnotatedHandler.class)
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure()).isInstanceOf(InvalidHandlerException.class)
					.hasMessageContaining("AnnotatedHandler.user")
					.hasMessageContaining("@AuthenticationPrincipal")
					.hasMessageContaining("add org.springframework.security:spring-security-messaging");
			});
	}

	@Test
	void whenThereIsAMessagingModuleThenItIs() {
		this.contextRunner.withBean(AnnotatedHandler.class)
			.run((context) -> assertThat(request(context, "user")).isEqualTo(USER));
	}

	@Test
	void whenUdsIsDisabledThenThereIsNoContext() {
		this.contextRunner.withPropertyValues("uds.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PeerContextFactory.class));
	}

	@Test
	void whenThereIsAMapperBeanThenItGivesTheAuthorities() {
		this.contextRunner.withBean(Handlers.class)
			.withBean(PeerAuthoritiesMapper.class,
					() -> (peer) -> AuthorityUtils.createAuthorityList("CLUB_" + peer.getName()))
			.run((context) -> assertThat(request(context, "authorities")).isEqualTo("[CLUB_" + USER + "]"));
	}

	@Test
	void whenThereIsAStrategyBeanThenItHoldsTheContext() {
		Strategy strategy = new Strategy();
		this.contextRunner.withBean(SecurityContextHolderStrategy.class, () -> strategy)
			.withBean(Handlers.class)
			.run((context) -> {
				assertThat(request(context, "authentication")).isEqualTo(USER + " authenticated");
				assertThat(request(context, "mono")).isEqualTo(USER + " authenticated");
				assertThat(request(context, "holder")).isEqualTo("nobody");
			});
	}

	@Test
	void whenAnInterceptorSetsAnotherAuthenticationThenThatIsTheCallers() {
		this.contextRunner.withBean(Handlers.class).withBean(TokenInterceptor.class).run((context) -> {
			for (String route : List.of("holder", "authentication", "principal", "mono", "pool")) {
				assertThat(request(context, route)).isEqualTo("token authenticated");
			}
			assertThat(request(context, "peer-authentication")).isEqualTo("nobody");
		});
	}

	@Test
	void whenTheApplicationHasNoRulesThenNothingIsIntercepted() {
		this.contextRunner.withBean(Handlers.class).run((context) -> {
			assertThat(context).hasSingleBean(SecurityContextPeerContextFactory.class);
			assertThat(context.getBeanProvider(AuthorizationServerInterceptor.class).getIfAvailable()).isNull();
			assertThat(context.getBeanProvider(UdsServerInterceptor.class).orderedStream()).isEmpty();
		});
	}

	@Test
	void rolesAreConfigured() {
		this.contextRunner.withBean(Handlers.class)
			.withPropertyValues("uds.security.roles.one.users=" + USER + ",54321", "uds.security.roles.two.users=54321",
					"uds.security.roles.[THREE_3].groups=54321,${test.group}", "test.group=0",
					"uds.security.roles.four.units=nginx.service", "uds.security.roles.four.users[0]=" + USER)
			.run((context) -> assertThat(request(context, "authorities"))
				.contains("ROLE_one", "ROLE_four", "UNIX_USER_" + USER)
				.doesNotContain("ROLE_two"));
	}

	@ParameterizedTest
	@CsvSource({ "jdk, true", "auto, true", "junixsocket, false" })
	void whenTheTransportDoesNotTellTheUnitThenRolesByUnitAreWarnedOf(String transport, boolean warned,
			CapturedOutput output) {
		this.contextRunner.withBean(Handlers.class)
			.withPropertyValues("uds.security.roles.WEB.units=nginx.service", "uds.security.roles.OPS.users=" + USER,
					"uds.socket.transport=" + transport)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output.getOut().contains("No peer of listener 'default' has the roles [WEB]"))
					.isEqualTo(warned);
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "a.users=no-such-user | uds.security.roles.a.users | Unknown user 'no-such-user'",
					"a.groups=no-such-group | uds.security.roles.a.groups | Unknown group 'no-such-group'",
					"a.users= | uds.security.roles.a.users | It is empty",
					"a.groups= | uds.security.roles.a.groups | It is empty",
					"a.units= | uds.security.roles.a.units | It is empty",
					"a.units=nginx | uds.security.roles.a.units | 'nginx' is no unit",
					"A_B.users=0 | uds.security.roles.A_B.users | 'uds.security.roles.[A_B].users'",
					"[ROLE_A].users=0 | uds.security.roles.ROLE_A.users | does not begin with 'ROLE_'" })
	void whenARoleIsInvalidThenTheApplicationDoesNotStart(String property, String key, String reason) {
		this.contextRunner.withBean(Handlers.class)
			.withPropertyValues("uds.security.roles." + property)
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure()).rootCause().satisfies((cause) -> assertThat(cause).isNotNull());
				InvalidConfigurationPropertyValueException failure = find(context.getStartupFailure());
				assertThat(failure.getName()).isEqualTo(key);
				assertThat(failure.getReason()).contains(reason);
			});
	}

	private static InvalidConfigurationPropertyValueException find(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof InvalidConfigurationPropertyValueException found) {
				return found;
			}
		}
		throw new AssertionError("Another failure", failure);
	}

	private static String describe(Object authentication) {
		return (authentication instanceof Authentication known)
				? known.getName() + (known.isAuthenticated() ? " authenticated" : "") : "nobody";
	}

	private static String held() {
		return describe(SecurityContextHolder.getContext().getAuthentication());
	}

	static class Handlers {

		final List<SecurityContext> contexts = new CopyOnWriteArrayList<>();

		final List<Authentication> authentications = new CopyOnWriteArrayList<>();

		@UdsHandler("holder")
		String holder() {
			return held();
		}

		@UdsHandler(value = "pool", execution = Execution.POOL)
		String pool() {
			return held();
		}

		@UdsHandler("future")
		CompletableFuture<String> future() {
			String held = held();
			return CompletableFuture.supplyAsync(() -> held,
					CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS));
		}

		@UdsHandler("failing")
		CompletableFuture<String> failing() {
			return CompletableFuture.supplyAsync(() -> {
				throw new IllegalStateException("expected by the test");
			}, CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS));
		}

		@MessageExceptionHandler
		String failed(IllegalStateException ex, Authentication authentication) {
			return describe(authentication).equals(held()) ? held() : "different";
		}

		@UdsHandler("authentication")
		String authentication(Authentication authentication) {
			return describe(authentication);
		}

		@UdsHandler("peer-authentication")
		String peerAuthentication(UdsPeerAuthentication authentication) {
			return describe(authentication);
		}

		@UdsHandler("principal")
		String principal(Principal principal) {
			return describe(principal);
		}

		@UdsHandler("annotated")
		String annotated(@AuthenticationPrincipal PeerCredentials peer, @AuthenticationPrincipal PeerIdentity same,
				PeerCredentials kernels) {
			return (peer == same && peer == kernels) ? peer.getName() + " authenticated" : "different";
		}

		@UdsHandler("expression")
		String expression(@AuthenticationPrincipal(expression = "user.name") String user) {
			return user + " authenticated";
		}

		@UdsHandler("mono")
		Mono<String> mono() {
			return reactive();
		}

		@UdsHandler("deferred")
		Mono<String> deferred() {
			return Mono.delay(Duration.ofMillis(5)).then(reactive());
		}

		@UdsHandler("flux")
		Flux<String> flux() {
			return Flux.range(0, 500).concatMap((i) -> reactive());
		}

		@UdsHandler("items")
		Stream<String> items() {
			return Stream.generate(UdsSecurityAutoConfigurationTests::held).limit(500);
		}

		@UdsHandler("change")
		String change() {
			SecurityContext context = SecurityContextHolder.getContext();
			this.contexts.add(context);
			this.authentications.add(context.getAuthentication());
			context.setAuthentication(null);
			SecurityContextHolder.setContext(new SecurityContextImpl());
			return "changed";
		}

		@UdsHandler("authorities")
		String authorities(Authentication authentication) {
			return AuthorityUtils.authorityListToSet(authentication.getAuthorities()).toString();
		}

		private static Mono<String> reactive() {
			return ReactiveSecurityContextHolder.getContext()
				.map((context) -> describe(context.getAuthentication()))
				.defaultIfEmpty("nobody");
		}

	}

	static class PlainHandlers {

		@UdsHandler("principal")
		String principal(Principal principal) {
			return principal.getClass().getName();
		}

	}

	static class AnnotatedHandler {

		@UdsHandler("user")
		String user(@AuthenticationPrincipal(expression = "name") String user) {
			return user;
		}

	}

	@Order(0)
	static class TokenInterceptor implements UdsServerInterceptor {

		@Override
		public CompletionStage<UdsServerResponse> intercept(UdsServerRequest request, Chain chain) {
			SecurityContextHolder.getContext()
				.setAuthentication(UsernamePasswordAuthenticationToken.authenticated("token", null, List.of()));
			return chain.proceed(request);
		}

	}

	/** A strategy of the application's. */
	private static final class Strategy implements SecurityContextHolderStrategy {

		private final ThreadLocal<SecurityContext> contexts = new ThreadLocal<>();

		@Override
		public void clearContext() {
			this.contexts.remove();
		}

		@Override
		public SecurityContext getContext() {
			SecurityContext context = this.contexts.get();
			return (context != null) ? context : createEmptyContext();
		}

		@Override
		public void setContext(SecurityContext context) {
			this.contexts.set(context);
		}

		@Override
		public SecurityContext createEmptyContext() {
			return new SecurityContextImpl();
		}

	}

}
