package io.github.udsboot.springsecurity.page;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;

import io.github.udsboot.Status;
import io.github.udsboot.UdsException;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.autoconfigure.security.UdsSecurityAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What {@code docs/spring-security.md} shows does what it says.
 */
class SpringSecurityPageTests {

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
			.withUserConfiguration(MethodSecurity.class)
			.withBean(SecuredOrders.class)
			.withBean(AdminHandler.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"),
					"uds.listeners.admin.path=" + this.directory.resolve("admin.sock"),
					"uds.clients.admin.path=" + this.directory.resolve("admin.sock"));
	}

	private static String request(ApplicationContext context, String client, String route) {
		return context.getBean(client, UdsTemplate.class).request(route, null, String.class);
	}

	private static void assertDenied(ApplicationContext context, String client, String route) {
		assertThatExceptionOfType(UdsException.class).isThrownBy(() -> request(context, client, route))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.PERMISSION_DENIED));
	}

	@Test
	void theHandlerHasItsCallerAndIsSecured() {
		this.contextRunner.withPropertyValues("uds.security.roles.ORDERS.users=" + USER).run((context) -> {
			assertThat(request(context, "udsTemplate", "orders.7.delete")).isEqualTo("7 deleted by " + USER);
			assertThat(request(context, "udsTemplate", "orders.mine")).isEqualTo("orders of " + USER);
			assertThat(request(context, "udsTemplate", "health")).isEqualTo("fine, " + USER);
		});
		this.contextRunner.run((context) -> assertDenied(context, "udsTemplate", "orders.7.delete"));
	}

	@Test
	void theRulesAreEnforced() {
		this.contextRunner.withUserConfiguration(OrderRules.class).run((context) -> {
			assertThat(context).hasSingleBean(AuthorizationManager.class);
			assertDenied(context, "udsTemplate", "orders.7.delete");
			assertDenied(context, "adminUdsTemplate", "stop");
			assertThat(request(context, "udsTemplate", "orders.mine")).isEqualTo("orders of " + USER);
			assertThat(request(context, "udsTemplate", "health")).isEqualTo("fine, " + USER);
		});
	}

	@Test
	void theMapperGivesTheAuthorities() {
		this.contextRunner.withUserConfiguration(ClubAuthorities.class)
			.run((context) -> assertThat(request(context, "adminUdsTemplate", "stop")).isEqualTo("[MEMBER]"));
	}

	/** With users and groups that every system has. */
	@Test
	void theRolesCanBeConfigured() throws Exception {
		String page = page();
		String yaml = page.substring(page.indexOf("```yaml\n") + 8);
		yaml = yaml.substring(0, yaml.indexOf("```")).replace("shop", USER).replace("ops", "0");
		YamlPropertiesFactoryBean properties = new YamlPropertiesFactoryBean();
		properties.setResources(new ByteArrayResource(yaml.getBytes()));
		String[] pairs = properties.getObject()
			.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + "=" + entry.getValue())
			.toArray(String[]::new);
		assertThat(pairs).hasSize(3);
		this.contextRunner.withPropertyValues(pairs)
			.run((context) -> assertThat(request(context, "adminUdsTemplate", "stop")).contains("ROLE_ORDERS",
					"UNIX_USER_" + USER));
	}

	private static String page() throws Exception {
		Path directory = Path.of("").toAbsolutePath();
		while (!Files.exists(directory.resolve("README.md"))) {
			directory = directory.getParent();
		}
		return Files.readString(directory.resolve("docs/spring-security.md"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	static class MethodSecurity {

	}

	@UdsHandler(listener = "admin")
	static class AdminHandler {

		@UdsHandler(value = "stop", listener = "admin")
		String stop(Authentication authentication) {
			return AuthorityUtils.authorityListToSet(authentication.getAuthorities()).toString();
		}

	}

}
