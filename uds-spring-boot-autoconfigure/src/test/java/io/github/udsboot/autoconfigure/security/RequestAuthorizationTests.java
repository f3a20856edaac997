package io.github.udsboot.autoconfigure.security;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.actuate.security.AuthorizationAuditListener;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationEventPublisher;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.event.AuthorizationDeniedEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

import io.github.udsboot.Status;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.interceptor.UdsServerResponse;
import io.github.udsboot.listener.UdsConnectionRefusal;
import io.github.udsboot.listener.UdsConnectionRefusalListener;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.springsecurity.UdsPeerAuthenticationDetails;
import io.github.udsboot.springsecurity.UdsRequestAuthorizationManager;
import io.github.udsboot.springsecurity.UnreachableRuleException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Rules about who may send which requests, from end to end.
 */
@ExtendWith(OutputCaptureExtension.class)
class RequestAuthorizationTests {

	private static final String USER = System.getProperty("user.name");

	@TempDir
	private Path directory;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		Path lines = this.directory.resolve("lines.sock");
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class,
					UdsSecurityAutoConfiguration.class))
			.withBean(Handlers.class)
			.withBean(Events.class)
			.withBean(AuthorizationAuditListener.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"),
					"uds.listeners.lines.path=" + lines, "uds.listeners.lines.protocol=line",
					"uds.clients.lines.path=" + lines, "uds.clients.lines.protocol=line");
	}

	private static void assertDenied(ApplicationContext context, String route, Status status) {
		Handlers handlers = context.getBean(Handlers.class);
		int calls = handlers.calls.get();
		assertThatExceptionOfType(UdsException.class)
			.isThrownBy(() -> context.getBean(UdsTemplate.class).request(route, "x", String.class))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(status));
		assertThat(handlers.calls).hasValue(calls);
	}

	@Test
	void rulesDecideAboutCallsStreamsAndMessages() {
		this.contextRunner.withUserConfiguration(Rules.class).run((context) -> {
			UdsTemplate uds = context.getBean(UdsTemplate.class);
			assertThat(uds.request("orders.7.read", "x", String.class)).isEqualTo("read 7");
			assertDenied(context, "orders.7.delete", Status.PERMISSION_DENIED);
			assertDenied(context, "other", Status.PERMISSION_DENIED);
			try (Stream<String> items = uds.stream("items.open", "x", String.class)) {
				assertThat(items).containsExactly("a", "b");
			}
			Handlers handlers = context.getBean(Handlers.class);
			int calls = handlers.calls.get();
			assertThatExceptionOfType(UdsException.class).isThrownBy(() -> {
				try (Stream<String> items = uds.stream("items.closed", "x", String.class)) {
					items.toList();
				}
			}).satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.PERMISSION_DENIED));
			UdsTemplate lines = context.getBean("linesUdsTemplate", UdsTemplate.class);
			try (UdsSession session = lines.open()) {
				session.send("hello");
				assertThat(session.receive(String.class)).isEqualTo("ERR PERMISSION_DENIED access denied");
			}
			assertThat(handlers.calls).hasValue(calls);
		});
	}

	/** However a peer writes a route, the rule is that of the handler it gets to. */
	@ParameterizedTest
	@ValueSource(strings = { "orders.7.delete", "orders.*.delete", "orders.**.delete", "orders.7/8.delete",
			"orders. .delete", "orders.%2e.delete", "orders.read.delete" })
	void noSpellingOfARouteGetsAroundARule(String route) {
		this.contextRunner.withUserConfiguration(Rules.class)
			.run((context) -> assertDenied(context, route, Status.PERMISSION_DENIED));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Orders.7.delete", "orders.7.DELETE", "orders.7.delete.", ".orders.7.delete",
			"orders..delete", "orders./../.delete", "orders.7.delete ", "orders/7/delete" })
	void whatLooksAlikeIsNoRoute(String route) {
		this.contextRunner.withUserConfiguration(Rules.class)
			.run((context) -> assertDenied(context, route, Status.UNIMPLEMENTED));
	}

	@Test
	void aDenialIsAnEventAndAnAuditEvent(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Rules.class).run((context) -> {
			for (int i = 0; i < 20; i++) {
				assertDenied(context, "orders.7.delete", Status.PERMISSION_DENIED);
			}
			Events events = context.getBean(Events.class);
			assertThat(events.denied).hasSize(20);
			AuthorizationDeniedEvent<?> event = events.denied.element();
			assertThat(event.getAuthentication().get().getName()).isEqualTo(USER);
			assertThat(event.getObject()).isInstanceOfSatisfying(UdsServerRequest.class,
					(request) -> assertThat(request.route()).isEqualTo("orders.7.delete"));
			AuditEvent audited = events.audited.element();
			assertThat(audited.getPrincipal()).isEqualTo(USER);
			assertThat(audited.getType()).isEqualTo(AuthorizationAuditListener.AUTHORIZATION_FAILURE);
			assertThat(audited.getData()).containsEntry("details", new UdsPeerAuthenticationDetails("default"));
			assertThat(output).doesNotContain("denied", "PERMISSION_DENIED", "Exception");
		});
	}

	@Test
	void aConnectionThatIsRefusedForItsPeerIsADenialToo() {
		this.contextRunner.withBean(PeerAuthorizer.class, () -> (connection) -> false).run((context) -> {
			assertDenied(context, "other", Status.PERMISSION_DENIED);
			Events events = context.getBean(Events.class);
			Awaitility.await().until(() -> !events.audited.isEmpty());
			AuthorizationDeniedEvent<?> event = events.denied.element();
			assertThat(event.getAuthentication().get().getName()).isEqualTo(USER);
			assertThat(event.getObject()).isInstanceOfSatisfying(UdsConnectionRefusal.class,
					(refusal) -> assertThat(refusal.reason()).isEqualTo(RefusalReason.UNAUTHORIZED));
			assertThat(events.audited.element().getPrincipal()).isEqualTo(USER);
		});
	}

	@Test
	void aConnectionThatIsRefusedForALimitIsNone() {
		this.contextRunner.run((context) -> {
			UdsConnectionRefusalListener publisher = context.getBean(RefusedConnectionAuthorizationPublisher.class);
			for (RefusalReason reason : RefusalReason.values()) {
				publisher.refused(new UdsConnectionRefusal("default", "/x", null, reason, 0));
			}
			assertThat(context.getBean(Events.class).denied)
				.extracting((event) -> ((UdsConnectionRefusal) event.getObject()).reason())
				.containsExactly(RefusalReason.UNAUTHORIZED, RefusalReason.NO_CREDENTIALS);
		});
	}

	@Test
	void whenThereIsAPublisherBeanThenItGetsEveryDecision() {
		Queue<String> decisions = new ConcurrentLinkedQueue<>();
		this.contextRunner.withUserConfiguration(Rules.class)
			.withBean(AuthorizationEventPublisher.class, () -> new AuthorizationEventPublisher() {

				@Override
				public <T> void publishAuthorizationEvent(Supplier<Authentication> authentication, T object,
						AuthorizationResult result) {
					decisions.add(((UdsServerRequest) object).route() + " " + result.isGranted());
					throw new IllegalStateException("expected by the test");
				}

			})
			.run((context) -> {
				assertDenied(context, "other", Status.PERMISSION_DENIED);
				assertDenied(context, "orders.7.read", Status.INTERNAL);
				assertThat(decisions).containsExactly("other false", "orders.7.read true");
			});
	}

	@Test
	void allBeansThatDecideMustGrant() {
		this.contextRunner.withUserConfiguration(Two.class).run((context) -> {
			assertThat(context.getBean(UdsTemplate.class).request("orders.7.read", "x", String.class))
				.isEqualTo("read 7");
			assertDenied(context, "orders.8.read", Status.PERMISSION_DENIED);
			assertDenied(context, "other", Status.PERMISSION_DENIED);
		});
	}

	@Test
	void whatABeanThrowsIsADenial() {
		this.contextRunner.withUserConfiguration(Throwing.class).run((context) -> {
			assertDenied(context, "orders.7.read", Status.PERMISSION_DENIED);
			assertDenied(context, "other", Status.UNAUTHENTICATED);
			assertDenied(context, "orders.7.delete", Status.INTERNAL);
			assertThat(context.getBean(Events.class).denied).hasSize(2);
		});
	}

	@Test
	void withoutAnAuthenticationTheCallerIsUnauthenticated() {
		this.contextRunner.withUserConfiguration(Rules.class)
			.withBean(Clearing.class)
			.run((context) -> assertDenied(context, "orders.7.read", Status.UNAUTHENTICATED));
	}

	@Test
	void rulesComeBeforeTheInterceptorsOfTheApplication() {
		AtomicInteger intercepted = new AtomicInteger();
		this.contextRunner.withUserConfiguration(Rules.class)
			.withBean(UdsServerInterceptor.class, () -> (request, chain) -> {
				intercepted.incrementAndGet();
				return chain.proceed(request);
			})
			.run((context) -> {
				assertDenied(context, "other", Status.PERMISSION_DENIED);
				assertThat(intercepted).hasValue(0);
				context.getBean(UdsTemplate.class).request("orders.7.read", "x", String.class);
				assertThat(intercepted).hasValue(1);
			});
	}

	@Test
	void beansForOtherRequestsAreNotAsked() {
		this.contextRunner.withUserConfiguration(Foreign.class)
			.run((context) -> assertThat(context.getBean(UdsTemplate.class).request("other", "x", String.class))
				.isEqualTo("other"));
	}

	@Test
	void whenARuleHasNoEffectThenTheApplicationDoesNotStart() {
		this.contextRunner.withUserConfiguration(Misspelt.class).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(UnreachableRuleException.class)
				.hasMessageContaining("routes [order.*.delete]")
				.hasMessageContaining("orders.{id}.delete");
		});
	}

	static class Handlers {

		final AtomicInteger calls = new AtomicInteger();

		@UdsHandler("orders.{id}.read")
		String read(@DestinationVariable("id") String id) {
			this.calls.incrementAndGet();
			return "read " + id;
		}

		@UdsHandler("orders.{id}.delete")
		String delete() {
			this.calls.incrementAndGet();
			return "deleted";
		}

		@UdsHandler("other")
		String other() {
			this.calls.incrementAndGet();
			return "other";
		}

		@UdsHandler("items.open")
		Stream<String> items() {
			this.calls.incrementAndGet();
			return Stream.of("a", "b");
		}

		@UdsHandler("items.closed")
		Stream<String> closed() {
			this.calls.incrementAndGet();
			return Stream.of("c");
		}

		@UdsHandler(listener = "lines")
		String line(String line) {
			this.calls.incrementAndGet();
			return line;
		}

	}

	static class Events {

		final Queue<AuthorizationDeniedEvent<?>> denied = new ConcurrentLinkedQueue<>();

		final Queue<AuditEvent> audited = new ConcurrentLinkedQueue<>();

		@EventListener
		void denied(AuthorizationDeniedEvent<?> event) {
			this.denied.add(event);
		}

		@EventListener
		void audited(AuditApplicationEvent event) {
			this.audited.add(event.getAuditEvent());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Rules {

		@Bean
		AuthorizationManager<UdsServerRequest> rules() {
			return UdsRequestAuthorizationManager.builder()
				.listeners("lines")
				.denyAll()
				.routes("orders.*.delete")
				.hasRole("NOBODY_HAS")
				.routes("orders.**", "items.open")
				.hasAuthority("UNIX_USER_" + USER)
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Two extends Rules {

		@Bean
		AuthorizationManager<UdsServerRequest> other() {
			return (authentication, request) -> request.route().startsWith("orders.8")
					? new AuthorizationDecision(false) : null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Throwing {

		@Bean
		AuthorizationManager<UdsServerRequest> throwing() {
			return (authentication, request) -> {
				switch (request.routeTemplate()) {
					case "orders.{id}.read" -> throw new AccessDeniedException("expected by the test");
					case "other" -> throw new BadCredentialsException("expected by the test");
					default -> throw new IllegalStateException("expected by the test");
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Foreign {

		@Bean
		AuthorizationManager<Message<?>> messages() {
			return (authentication, message) -> new AuthorizationDecision(false);
		}

		@Bean
		AuthorizationManager<List<Map<String, String>>> others() {
			return (authentication, message) -> new AuthorizationDecision(false);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Misspelt {

		@Bean
		UdsRequestAuthorizationManager rules() {
			return UdsRequestAuthorizationManager.builder()
				.routes("order.*.delete")
				.denyAll()
				.anyRequest()
				.permitAll()
				.build();
		}

	}

	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class Clearing implements UdsServerInterceptor {

		@Override
		public CompletionStage<UdsServerResponse> intercept(UdsServerRequest request, Chain chain) {
			SecurityContextHolder.clearContext();
			return chain.proceed(request);
		}

	}

}
