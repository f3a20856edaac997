package io.github.udsboot.autoconfigure.security;

import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.annotation.Secured;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.method.configuration.EnableReactiveMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import io.github.udsboot.Status;
import io.github.udsboot.UdsException;
import io.github.udsboot.annotation.UdsExchange;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.interceptor.UdsServerInterceptor;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.interceptor.UdsServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Spring Security's annotations on handlers.
 */
@ExtendWith(OutputCaptureExtension.class)
class MethodSecurityTests {

	private static final String USER = System.getProperty("user.name");

	@TempDir
	private Path directory;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class, AopAutoConfiguration.class,
					UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class,
					UdsSecurityAutoConfiguration.class))
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"),
					"uds.security.roles.ADMIN.users=" + USER);
	}

	private static Status status(ApplicationContext context, String route) {
		try {
			context.getBean(UdsTemplate.class).request(route, "x", String.class);
			return Status.OK;
		}
		catch (UdsException ex) {
			return ex.getStatus();
		}
	}

	@ParameterizedTest
	@CsvSource({ "pre.granted, OK", "pre.denied, PERMISSION_DENIED", "post.granted, OK",
			"post.denied, PERMISSION_DENIED", "secured.granted, OK", "secured.denied, PERMISSION_DENIED",
			"principal.granted, OK", "principal.denied, PERMISSION_DENIED" })
	void annotationsOfAProxiedClassAreEnforced(String route, Status status, CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Imperative.class).withBean(Annotated.class).run((context) -> {
			assertThat(AopUtils.isCglibProxy(context.getBean(Annotated.class))).isTrue();
			assertThat(status(context, route)).isEqualTo(status);
			assertThat(output).doesNotContain("Denied", "Exception");
		});
	}

	@ParameterizedTest
	@CsvSource({ "true", "false" })
	void annotationsOfInterfacesAreEnforced(boolean classes) {
		this.contextRunner.withUserConfiguration(Imperative.class)
			.withPropertyValues("spring.aop.proxy-target-class=" + classes)
			.withBean(ContractImplementation.class)
			.run((context) -> {
				assertThat(status(context, "contract.granted")).isEqualTo(Status.OK);
				assertThat(status(context, "contract.denied")).isEqualTo(Status.PERMISSION_DENIED);
			});
	}

	@Test
	void withoutAnAuthenticationTheCallerIsUnauthenticated() {
		this.contextRunner.withUserConfiguration(Imperative.class)
			.withBean(Annotated.class)
			.withBean(Clearing.class)
			.run((context) -> {
				assertThat(status(context, "pre.granted")).isEqualTo(Status.UNAUTHENTICATED);
				assertThat(status(context, "secured.granted")).isEqualTo(Status.UNAUTHENTICATED);
			});
	}

	@ParameterizedTest
	@CsvSource({ "mono.granted, OK", "mono.denied, PERMISSION_DENIED", "flux.granted, OK",
			"flux.denied, PERMISSION_DENIED" })
	void annotationsOfReactiveHandlersAreEnforced(String route, Status status) {
		this.contextRunner.withUserConfiguration(Reactive.class).withBean(ReactiveHandlers.class).run((context) -> {
			assertThat(AopUtils.isCglibProxy(context.getBean(ReactiveHandlers.class))).isTrue();
			if (route.startsWith("mono")) {
				assertThat(status(context, route)).isEqualTo(status);
			}
			else if (status == Status.OK) {
				try (Stream<String> items = context.getBean(UdsTemplate.class).stream(route, "x", String.class)) {
					assertThat(items).containsExactly("a", "b");
				}
			}
			else {
				assertThatExceptionOfType(UdsException.class).isThrownBy(() -> {
					try (Stream<String> items = context.getBean(UdsTemplate.class).stream(route, "x", String.class)) {
						items.toList();
					}
				}).satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(status));
			}
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity(securedEnabled = true)
	static class Imperative {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableReactiveMethodSecurity
	static class Reactive {

	}

	static class Annotated {

		@UdsHandler("pre.granted")
		@PreAuthorize("hasRole('ADMIN')")
		String pre() {
			return "x";
		}

		@UdsHandler("pre.denied")
		@PreAuthorize("hasRole('OTHER')")
		String preDenied() {
			return "x";
		}

		@UdsHandler("post.granted")
		@PostAuthorize("returnObject == authentication.name")
		String post() {
			return USER;
		}

		@UdsHandler("post.denied")
		@PostAuthorize("returnObject == authentication.name")
		String postDenied() {
			return "another";
		}

		@UdsHandler("secured.granted")
		@Secured("ROLE_ADMIN")
		String secured() {
			return "x";
		}

		@UdsHandler("secured.denied")
		@Secured("ROLE_OTHER")
		String securedDenied() {
			return "x";
		}

		@UdsHandler("principal.granted")
		@PreAuthorize("principal.name == authentication.name and #text == 'x'")
		String principal(String text) {
			return "x";
		}

		@UdsHandler("principal.denied")
		@PreAuthorize("principal.name == #other")
		String principalDenied(String other) {
			return "x";
		}

	}

	interface Contract {

		@UdsExchange("contract.granted")
		@PreAuthorize("hasRole('ADMIN')")
		String granted(String text);

		@UdsExchange("contract.denied")
		@PreAuthorize("hasRole('OTHER')")
		String denied(String text);

	}

	@UdsHandler
	static class ContractImplementation implements Contract {

		@Override
		public String granted(String text) {
			return text;
		}

		@Override
		public String denied(String text) {
			return text;
		}

	}

	static class ReactiveHandlers {

		@UdsHandler("mono.granted")
		@PreAuthorize("hasRole('ADMIN')")
		Mono<String> mono() {
			return Mono.just("x");
		}

		@UdsHandler("mono.denied")
		@PreAuthorize("hasRole('OTHER')")
		Mono<String> monoDenied() {
			return Mono.just("x");
		}

		@UdsHandler("flux.granted")
		@PreAuthorize("hasRole('ADMIN')")
		Flux<String> flux() {
			return Flux.just("a", "b");
		}

		@UdsHandler("flux.denied")
		@PreAuthorize("hasRole('OTHER')")
		Flux<String> fluxDenied() {
			return Flux.just("a", "b");
		}

	}

	static class Clearing implements UdsServerInterceptor {

		@Override
		public CompletionStage<UdsServerResponse> intercept(UdsServerRequest request, Chain chain) {
			SecurityContextHolder.clearContext();
			return chain.proceed(request);
		}

	}

}
