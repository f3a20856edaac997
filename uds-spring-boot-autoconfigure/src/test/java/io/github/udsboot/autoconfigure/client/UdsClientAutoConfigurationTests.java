package io.github.udsboot.autoconfigure.client;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.BDDMockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.autoconfigure.GreetingHandlers;
import io.github.udsboot.autoconfigure.TemplateSettings;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.listener.UdsListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class UdsClientAutoConfigurationTests {

	@TempDir
	private Path directory;

	private Path socket;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.socket = this.directory.resolve("test.sock");
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
					UdsClientAutoConfiguration.class))
			.withPropertyValues("uds.client.path=" + this.socket);
	}

	@Test
	void whenOnlyTheClientHasAPathThenThereIsATemplateAndNoListener() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(UdsTemplate.class);
			assertThat(context).doesNotHaveBean(UdsListenerContainer.class);
			assertThat(context.getBean(UdsTemplate.class).getConnectionFactory().getAddress())
				.hasToString(this.socket.toString());
		});
	}

	@Test
	void whenOperationsAreDefinedThenThereIsNoTemplate() {
		this.contextRunner.withBean(UdsOperations.class, () -> BDDMockito.mock(UdsOperations.class))
			.run((context) -> assertThat(context).doesNotHaveBean(UdsTemplate.class));
	}

	@Test
	void whenATemplateIsDefinedThenItIsUsed() {
		UdsTemplate own = UdsTemplate.builder().path("/run/own.sock").build();
		this.contextRunner.withBean(UdsTemplate.class, () -> own)
			.run((context) -> assertThat(context.getBean(UdsOperations.class)).isSameAs(own));
	}

	@Test
	void whenOnlyConnectionDetailsAreDefinedThenThereIsATemplate() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
					UdsClientAutoConfiguration.class))
			.withBean(UdsConnectionDetails.class, () -> () -> "/run/details.sock")
			.run((context) -> {
				assertThat(context.getBean(UdsTemplate.class).getConnectionFactory().getAddress())
					.hasToString("/run/details.sock");
				assertThat(context).doesNotHaveBean(UdsListenerContainer.class);
			});
	}

	@Test
	void whenTheContextIsClosedThenTheTemplateIsClosed() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
					UdsClientAutoConfiguration.class))
			.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + this.socket)
			.run((context) -> {
				UdsTemplate template = context.getBean(UdsTemplate.class);
				template.request("echo", "x", String.class);
				assertThat(template.getConnectionFactory().stats().connections()).isEqualTo(1);
				context.getSourceApplicationContext().close();
				assertThat(template.getConnectionFactory().stats().connections()).isZero();
			});
	}

	@Test
	void whenTheServerIsNotThereAndNobodyWaitsThenTheCallFailsAtOnce() {
		this.contextRunner.withPropertyValues("uds.client.wait-for-server=0s").run((context) -> {
			UdsTemplate template = context.getBean(UdsTemplate.class);
			assertThatExceptionOfType(UdsUnavailableException.class)
				.isThrownBy(() -> template.request("greet", null, String.class));
			assertThat(template.getConnectionFactory().stats().connectFailures()).isEqualTo(1);
		});
	}

	@Test
	void whenTheServerIsNotThereThenAttemptsFollowTheBackoff() {
		this.contextRunner
			.withPropertyValues("uds.client.wait-for-server=500ms", "uds.client.reconnect.initial-backoff=1ms",
					"uds.client.reconnect.max-backoff=1ms")
			.run((context) -> {
				UdsTemplate template = context.getBean(UdsTemplate.class);
				assertThatExceptionOfType(UdsUnavailableException.class)
					.isThrownBy(() -> template.request("greet", null, String.class));
				// With the default back-off (20, 40, 80 ... ms) at most 10
				assertThat(template.getConnectionFactory().stats().connectFailures()).isGreaterThan(20);
			});
	}

	@Test
	void whenTheServerDoesNotAnswerThenTheCallEndsWithItsTimeout() throws IOException {
		try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			silent.bind(UnixDomainSocketAddress.of(this.socket));
			this.contextRunner.withPropertyValues("uds.client.timeout=200ms")
				.run((context) -> assertThatExceptionOfType(UdsDeadlineExceededException.class)
					.isThrownBy(() -> context.getBean(UdsTemplate.class).request("greet", null, String.class)));
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("settings")
	void whenAPropertyIsSetThenTheClientHasIt(String property, String setting, Object initial, Object expected) {
		this.contextRunner.run((context) -> assertThat(TemplateSettings.of(context.getBean(UdsTemplate.class), setting))
			.isEqualTo(initial));
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(TemplateSettings.of(context.getBean(UdsTemplate.class), setting))
				.isEqualTo(expected));
	}

	static Stream<Arguments> settings() {
		return Stream.of(
				Arguments.of("uds.client.timeout=7s", "timeout", Duration.ofSeconds(30), Duration.ofSeconds(7)),
				Arguments.of("uds.client.connect-timeout=7s", "connectTimeout", Duration.ofSeconds(5),
						Duration.ofSeconds(7)),
				Arguments.of("uds.client.max-connections=7", "maxConnections", 2, 7),
				Arguments.of("uds.client.max-streams=7", "maxStreams", 64, 7),
				Arguments.of("uds.client.outbound-queue-size=7KB", "outboundQueueSize", 4L << 20, 7L << 10),
				Arguments.of("uds.client.memory=7KB", "memory", Runtime.getRuntime().maxMemory() / 8, 7L << 10),
				Arguments.of("uds.client.frame-timeout=7s", "frameTimeout", Duration.ofSeconds(10),
						Duration.ofSeconds(7)),
				Arguments.of("uds.client.stall-timeout=7s", "stallTimeout", Duration.ofSeconds(10),
						Duration.ofSeconds(7)),
				Arguments.of("uds.client.wait-for-server=7s", "waitForServer", Duration.ofSeconds(5),
						Duration.ofSeconds(7)),
				Arguments.of("uds.client.reconnect.initial-backoff=7ms", "initialBackoff", Duration.ofMillis(20),
						Duration.ofMillis(7)),
				Arguments.of("uds.client.reconnect.max-backoff=7s", "maxBackoff", Duration.ofSeconds(1),
						Duration.ofSeconds(7)),
				Arguments.of("uds.client.busy-poll=off", "busyPoll", null, Duration.ZERO),
				Arguments.of("uds.client.busy-poll=20us", "busyPoll", null, Duration.ofNanos(20_000)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "uds.client.path||is no socket path", "uds.client.protocol|grpc|only [line, raw, ttrpc]",
					"uds.client.timeout|0s|more than zero", "uds.client.connect-timeout|-1s|negative",
					"uds.client.max-connections|0|at least 1", "uds.client.max-streams|0|at least 1",
					"uds.client.outbound-queue-size|0|from 1 to", "uds.client.memory|0|at least 1",
					"uds.client.frame-timeout|-1s|negative", "uds.client.stall-timeout|-1s|negative",
					"uds.client.wait-for-server|-1s|negative", "uds.client.reconnect.initial-backoff|0s|more than zero",
					"uds.client.reconnect.max-backoff|1ms|initial-backoff", "uds.client.busy-poll|often|a duration" })
	void whenAValueIsInvalidThenTheFailureNamesPropertyAndReason(String property, String value, String reason) {
		this.contextRunner.withPropertyValues(property + "=" + ((value != null) ? value : ""))
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(RuntimeException.class)
				.extracting(UdsClientAutoConfigurationTests::invalidValueIn)
				.satisfies((ex) -> {
					assertThat(ex.getName()).isEqualTo(property);
					assertThat(ex.getReason()).contains(reason);
				}));
	}

	@Test
	void whenCustomizersAreDefinedThenTheyAreAppliedInOrderAfterTheProperties() {
		this.contextRunner.withUserConfiguration(Customizers.class)
			.withPropertyValues("uds.client.max-connections=3")
			.run((context) -> {
				UdsTemplate template = context.getBean(UdsTemplate.class);
				assertThat(template.getConnectionFactory().stats().name()).isEqualTo("second");
				assertThat(TemplateSettings.of(template, "maxConnections")).isEqualTo(3);
			});
	}

	private static InvalidConfigurationPropertyValueException invalidValueIn(Throwable failure) {
		Throwable cause = failure;
		while (cause != null && !(cause instanceof InvalidConfigurationPropertyValueException)) {
			cause = cause.getCause();
		}
		return (InvalidConfigurationPropertyValueException) cause;
	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		@Order(2)
		UdsTemplateBuilderCustomizer second() {
			return (name, builder) -> builder.name("second");
		}

		@Bean
		@Order(1)
		UdsTemplateBuilderCustomizer first() {
			return (name, builder) -> builder.name("first");
		}

	}

}
