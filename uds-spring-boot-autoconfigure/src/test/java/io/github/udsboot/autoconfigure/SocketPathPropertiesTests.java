package io.github.udsboot.autoconfigure;

import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;

import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsConnectionDetails;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.transport.BindFailedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What may stand where the path of a socket is configured, and what is said of the rest.
 */
class SocketPathPropertiesTests {

	private static final String LONGER = "/run/" + "x".repeat(103);

	private static final String LONGEST = LONGER.substring(0, 107);

	@TempDir
	private Path directory;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
				UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(strings = { "%s", "unix:%s", "unix://%s" })
	void pathsAreUnderstoodAsOthersWriteThem(String form) {
		Path socket = this.directory.resolve("test.sock");
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + form.formatted(socket))
			.run((context) -> {
				assertThat(socket).exists();
				assertThat(context.getBean(UdsTemplate.class).request("echo", "Ada", String.class)).contains("Ada");
				assertThat(context.getBean(UdsListenerContainer.class).stats().address()).isEqualTo(socket.toString());
				assertThat(context.getBean(UdsTemplate.class).getConnectionFactory().stats().address())
					.isEqualTo(socket.toString());
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "unix-abstract:uds-test-%s", "unix-abstract-padded:uds-test-%s" })
	void abstractNamesAreUnderstood(String form) {
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + form.formatted(ProcessHandle.current().pid()))
			.run((context) -> assertThat(context.getBean(UdsTemplate.class).request("echo", "Ada", String.class))
				.contains("Ada"));
	}

	static Stream<Arguments> wrongValues() {
		return Stream.of("tcp://localhost:80", "~/a.sock", "unix://run/a.sock", "unix:", "abns@a").flatMap((value) -> {
			String hint = "'" + value + "' is no socket path";
			return Stream.of(Arguments.of("uds.socket.path", value, hint), Arguments.of("uds.client.path", value, hint),
					Arguments.of("uds.listeners.a.path", value, hint), Arguments.of("uds.clients.a.path", value, hint));
		});
	}

	@ParameterizedTest
	@MethodSource("wrongValues")
	void wrongValueFailsTheStartWithItsKey(String key, String value, String hint) {
		assertInvalid(key, value, hint, "uds.listener.enabled=true");
	}

	static Stream<Arguments> longPaths() {
		return Stream.of(Arguments.of("uds.client.path", LONGER, "the limit is 107", "uds.socket.transport=auto"),
				Arguments.of("uds.client.path", LONGEST, "the limit is 106", "uds.socket.transport=jdk"),
				Arguments.of("uds.clients.a.path", LONGER, "the limit is 107", "uds.clients.a.transport=auto"),
				Arguments.of("uds.clients.a.path", LONGEST, "the limit is 106", "uds.clients.a.transport=jdk"));
	}

	@ParameterizedTest
	@MethodSource("longPaths")
	void pathThatIsTooLongForAClientFailsTheStartWithItsKey(String key, String value, String hint, String property) {
		assertInvalid(key, value, hint, property);
	}

	private void assertInvalid(String key, String value, String hint, String property) {
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues(key + "=" + value, property)
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure()).rootCause()
					.isInstanceOf(IllegalArgumentException.class)
					.hasMessageContaining(hint);
				assertThat(context.getStartupFailure()).satisfies((failure) -> {
					Throwable cause = failure;
					while (!(cause instanceof InvalidConfigurationPropertyValueException invalid)) {
						assertThat(cause).isNotNull();
						cause = cause.getCause();
					}
					assertThat(invalid.getName()).isEqualTo(key);
					assertThat(invalid.getValue()).isEqualTo(value);
				});
			});
	}

	@Test
	void pathThatIsTooLongForAListenerFailsTheStart() {
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + LONGER)
			.run((context) -> assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
				.hasMessageContaining("the limit is 107"));
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + LONGEST, "uds.socket.transport=jdk",
					"uds.client.path=" + this.directory.resolve("other.sock"))
			.run((context) -> assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
				.isInstanceOfSatisfying(BindFailedException.class, (ex) -> {
					assertThat(ex.reason()).isEqualTo(BindFailedException.Reason.PATH_TOO_LONG);
					assertThat(ex.remedy()).contains("'junixsocket'");
				}));
	}

	@Test
	void connectionDetailsAreCheckedToo() {
		this.contextRunner.withBean(UdsConnectionDetails.class, () -> () -> "tcp://localhost:80").run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).rootCause().hasMessageContaining("tcp:");
		});
	}

	@Test
	void builderTakesTextsPathsAndAddresses() {
		Path socket = this.directory.resolve("test.sock");
		try (UdsTemplate text = UdsTemplate.builder().path("unix://" + socket).build();
				UdsTemplate path = UdsTemplate.builder().path(socket).build()) {
			assertThat(text.getConnectionFactory().getAddress()).isEqualTo(path.getConnectionFactory().getAddress());
		}
		assertThatIllegalArgumentException().isThrownBy(() -> UdsTemplate.builder().path("~/a.sock"));
		assertThatIllegalArgumentException().isThrownBy(() -> UdsTemplate.builder().path(LONGER).build())
			.withMessageContaining("108 bytes");
	}

}
