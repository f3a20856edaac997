package io.github.udsboot.autoconfigure.security;

import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;

import io.github.udsboot.Status;
import io.github.udsboot.UdsException;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.interceptor.UdsServerRequest;
import io.github.udsboot.springsecurity.UdsRequestAuthorizationManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Rules are asked wherever their bean comes from, and however it is declared. Each would
 * let everybody in if it were not found.
 */
@ExtendWith(OutputCaptureExtension.class)
class RuleBeansTests {

	@TempDir
	private Path directory;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
					UdsClientAutoConfiguration.class, UdsSecurityAutoConfiguration.class))
			.withBean(Handlers.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"));
	}

	private static void assertDenied(ApplicationContextRunner runner) {
		runner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThatExceptionOfType(UdsException.class)
				.isThrownBy(() -> context.getBean(UdsTemplate.class).request("orders", null, String.class))
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.PERMISSION_DENIED));
		});
	}

	@Test
	void ofAParentContext() {
		try (GenericApplicationContext parent = new GenericApplicationContext()) {
			parent.registerBean(UdsRequestAuthorizationManager.class, RuleBeansTests::rules);
			parent.refresh();
			assertDenied(this.contextRunner.withParent(parent));
		}
	}

	@Test
	void ofAnAutoConfigurationThatComesLater() {
		assertDenied(this.contextRunner.withConfiguration(AutoConfigurations.of(LaterAutoConfiguration.class)));
	}

	@Test
	void ofAPostProcessor() {
		assertDenied(this.contextRunner.withUserConfiguration(RegisteringConfiguration.class));
	}

	@ParameterizedTest
	@ValueSource(classes = { RawConfiguration.class, WildcardConfiguration.class, BoundedConfiguration.class })
	void declaredWithoutWhatTheyDecideAbout(Class<?> configuration) {
		assertDenied(this.contextRunner.withUserConfiguration(configuration));
	}

	@Test
	void aBeanThatDoesNotSayWhatItDecidesAboutIsWarnedOf(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(UnknownConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("The bean 'unknown' is an AuthorizationManager")
				.contains("declare it as AuthorizationManager<UdsServerRequest>")
				.doesNotContain("The bean 'forOthers'");
		});
	}

	private static UdsRequestAuthorizationManager rules() {
		return UdsRequestAuthorizationManager.builder().anyRequest().denyAll().build();
	}

	@AutoConfiguration(after = UdsSecurityAutoConfiguration.class)
	static class LaterAutoConfiguration {

		@Bean
		AuthorizationManager<UdsServerRequest> rules() {
			return RuleBeansTests.rules();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RegisteringConfiguration {

		@Bean
		static BeanDefinitionRegistryPostProcessor registrar() {
			return (registry) -> {
				RootBeanDefinition definition = new RootBeanDefinition(UdsRequestAuthorizationManager.class);
				definition.setInstanceSupplier(RuleBeansTests::rules);
				registry.registerBeanDefinition("rules", definition);
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RawConfiguration {

		@Bean
		@SuppressWarnings("rawtypes")
		AuthorizationManager rules() {
			return RuleBeansTests.rules();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WildcardConfiguration {

		@Bean
		AuthorizationManager<?> rules() {
			return RuleBeansTests.rules();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BoundedConfiguration {

		@Bean
		AuthorizationManager<? extends UdsServerRequest> rules() {
			return RuleBeansTests.rules();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UnknownConfiguration {

		@Bean
		AuthorizationManager<Object> unknown() {
			return (authentication, object) -> new AuthorizationDecision(false);
		}

		@Bean
		AuthorizationManager<String> forOthers() {
			return (authentication, object) -> new AuthorizationDecision(false);
		}

	}

	static class Handlers {

		@UdsHandler("orders")
		String orders() {
			return "served";
		}

	}

}
