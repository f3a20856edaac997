package io.github.udsboot.autoconfigure.client;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.github.udsboot.UdsUnexpectedServerException;
import io.github.udsboot.autoconfigure.GreetingHandlers;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.health.UdsClientHealthIndicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The keys that say whose the server of a client must be.
 */
class ExpectedServerPropertiesTests {

	/** A number that is no user's here. */
	private static final String OTHER = "4294967";

	@TempDir
	private Path directory;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class,
					TaskExecutionAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class))
			.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"));
	}

	@Test
	void whenTheServerIsTheExpectedUsersThenItIsCalled() throws Exception {
		String user = Files.getOwner(this.directory).getName();
		this.contextRunner.withPropertyValues("uds.client.expected-users=" + OTHER + "," + user)
			.run((context) -> assertThat(context.getBean(UdsTemplate.class).request("echo", "x", String.class))
				.isEqualTo("x"));
	}

	@ParameterizedTest
	@CsvSource({ "expected-users", "expected-groups" })
	void whenItIsAnothersThenCallsFailAndTheHealthSaysWhy(String key) {
		this.contextRunner.withPropertyValues("uds.client." + key + "=" + OTHER).run((context) -> {
			UdsTemplate template = context.getBean(UdsTemplate.class);
			assertThatExceptionOfType(UdsUnexpectedServerException.class)
				.isThrownBy(() -> template.request("echo", "x", String.class))
				.withMessageContaining("'" + key + "'");
			Health health = new UdsClientHealthIndicator(template).health();
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails().get("error")).asString().contains("the server is user", "'" + key + "'");
		});
	}

	@Test
	void whenAClientHasANameThenItHasItsOwnKeys() {
		this.contextRunner
			.withPropertyValues("uds.clients.orders.path=" + this.directory.resolve("a.sock"),
					"uds.clients.orders.expected-groups=" + OTHER)
			.run((context) -> {
				UdsTemplate orders = context.getBean("ordersUdsTemplate", UdsTemplate.class);
				assertThatExceptionOfType(UdsUnexpectedServerException.class)
					.isThrownBy(() -> orders.request("echo", "x", String.class));
				assertThat(context.getBean("udsTemplate", UdsTemplate.class).request("echo", "x", String.class))
					.isEqualTo("x");
			});
	}

	@ParameterizedTest
	@CsvSource({ "uds.client.expected-users, no-such-user, Unknown user 'no-such-user'",
			"uds.client.expected-groups, no-such-group, Unknown group 'no-such-group'",
			"uds.clients.orders.expected-users, no-such-user, Unknown user 'no-such-user'",
			"uds.client.expected-users, '', name at least one", "uds.client.expected-groups, '', name at least one" })
	void whenANameIsUnknownOrAListIsEmptyThenTheStartFailsAndNamesTheKey(String key, String value, String reason) {
		this.contextRunner
			.withPropertyValues("uds.clients.orders.path=" + this.directory.resolve("a.sock"), key + "=" + value)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.satisfies((root) -> assertThat(context.getStartupFailure()).hasStackTraceContaining(key)
					.hasStackTraceContaining(reason)
					.hasStackTraceContaining(InvalidConfigurationPropertyValueException.class.getName())));
	}

}
