package io.github.udsboot.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.util.TestPropertyValues.Type;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.github.udsboot.Status;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsConnectionDetails;
import io.github.udsboot.autoconfigure.client.UdsTemplateBuilderCustomizer;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerOptionsCustomizer;
import io.github.udsboot.autoconfigure.socket.InvalidSocketPropertiesException;
import io.github.udsboot.autoconfigure.socket.SocketNames;
import io.github.udsboot.client.UdsOperations;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.handler.route.UnknownListenerException;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.listener.UdsListenerStats.State;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MultiplexedProtocol;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.WireProtocols;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Listeners and clients that have a name.
 */
@ExtendWith(OutputCaptureExtension.class)
class NamedSocketsTests {

	@TempDir
	private Path directory;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.contextRunner = new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(
				LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class, UdsAutoConfiguration.class,
				UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class));
	}

	@Test
	void whenTwoListenersAndTwoClientsHaveNamesThenEachClientTalksToItsListener() {
		this.contextRunner.withUserConfiguration(Handlers.class, Injected.class)
			.withPropertyValues("uds.listeners.order-events.path=" + socket("orders"),
					"uds.listeners.text.path=" + socket("text"), "uds.clients.order-events.path=" + socket("orders"),
					"uds.clients.text.path=" + socket("text"))
			.run((context) -> {
				Injected injected = context.getBean(Injected.class);
				assertThat(injected.orders.request("who", null, String.class)).isEqualTo("orders");
				assertThat(injected.text.request("who", null, String.class)).isEqualTo("text");
				assertThat(injected.orders.request("shared", "x", String.class)).isEqualTo("x");
				assertThat(injected.text.request("shared", "y", String.class)).isEqualTo("y");
				assertThatExceptionOfType(UdsRemoteException.class)
					.isThrownBy(() -> injected.text.request("orders.only", null, String.class))
					.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNIMPLEMENTED));
				assertThat(injected.orders.request("orders.only", null, String.class)).isEqualTo("only");
				assertThat(injected.ordersListener.stats().accepted()).isPositive();
				assertThat(injected.textListener.stats().accepted()).isPositive();
				assertThat(injected.textListener.getOptions().getName()).isEqualTo("text");
				context.getSourceApplicationContext().close();
				assertThat(injected.textListener.isRunning()).isFalse();
				assertThat(injected.text.getConnectionFactory().stats().connections()).isZero();
			});
		assertThat(socket("orders")).doesNotExist();
		assertThat(socket("text")).doesNotExist();
	}

	@Test
	void whenOnlyTheSingleFormIsConfiguredThenItsQualifierIsDefault() {
		this.contextRunner.withUserConfiguration(InjectedDefaults.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> {
				InjectedDefaults injected = context.getBean(InjectedDefaults.class);
				assertThat(injected.template).isSameAs(context.getBean(UdsTemplate.class));
				assertThat(injected.listener).isSameAs(context.getBean(UdsListenerContainer.class));
			});
	}

	@Test
	void whenTheTemplateIsTheApplicationsOwnThenItsQualifierIsItsOwnToo() {
		this.contextRunner.withUserConfiguration(OwnDefault.class, InjectedDefaults.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"))
			.run((context) -> assertThat(context.getBean(InjectedDefaults.class).template)
				.isSameAs(context.getBean("own", UdsTemplate.class)));
	}

	@Test
	void whenTheSingleFormIsConfiguredTooThenItIsWhatIsInjectedWithoutAQualifier() {
		this.contextRunner.withUserConfiguration(GreetingHandlers.class, Handlers.class, Unqualified.class)
			.withPropertyValues("uds.socket.path=" + socket("default"), "uds.listeners.text.path=" + socket("text"),
					"uds.listeners.order-events.path=" + socket("orders"), "uds.clients.text.path=" + socket("text"))
			.run((context) -> {
				Unqualified injected = context.getBean(Unqualified.class);
				assertThat(injected.container.getOptions().getName()).isEqualTo("default");
				assertThat(injected.template.request("echo", "x", String.class)).isEqualTo("x");
				assertThat(injected.operations).isSameAs(injected.template);
				assertThat(client(context, "text").request("who", null, String.class)).isEqualTo("text");
				assertThat(context.getBeansOfType(UdsListenerContainer.class).keySet()).containsExactlyInAnyOrder(
						"udsListenerContainer", "textUdsListenerContainer", "order-eventsUdsListenerContainer");
				assertThat(context.getBeansOfType(UdsTemplate.class).keySet()).containsExactlyInAnyOrder("udsTemplate",
						"textUdsTemplate");
			});
	}

	@Test
	void whenASocketHasANameThenTheConfiguredNameIsOfNoOtherBean() {
		this.contextRunner.withBean("orders", String.class, () -> "the application's own")
			.withPropertyValues("uds.clients.orders.path=" + socket("orders"))
			.run((context) -> {
				assertThat(context.getBean("orders")).isEqualTo("the application's own");
				assertThat(client(context, "orders").getConnectionFactory().stats().name()).isEqualTo("orders");
			});
	}

	@Test
	void whenAnEnvironmentVariableSetsAPropertyOfANameWithDashesThenThereIsOneListenerAllTheSame() {
		this.contextRunner.withUserConfiguration(Handlers.class)
			.withInitializer((context) -> TestPropertyValues
				.of("UDS_LISTENERS_ORDEREVENTS_BACKLOG=9", "UDS_CLIENTS_ORDEREVENTS_TIMEOUT=7s")
				.applyTo(context.getEnvironment(), Type.SYSTEM_ENVIRONMENT))
			.withPropertyValues("uds.listeners.text.path=" + socket("text"),
					"uds.listeners.order-events.path=" + socket("orders"),
					"uds.clients.order-events.path=" + socket("orders"))
			.run((context) -> {
				assertThat(context.getBeansOfType(UdsListenerContainer.class).keySet())
					.containsExactlyInAnyOrder("order-eventsUdsListenerContainer", "textUdsListenerContainer");
				assertThat(context.getBeansOfType(UdsTemplate.class).keySet())
					.containsExactly("order-eventsUdsTemplate");
				assertThat(listener(context, "order-events").getOptions().getBindOptions().backlog()).isEqualTo(9);
				assertThat(TemplateSettings.of(client(context, "order-events"), "timeout"))
					.isEqualTo(Duration.ofSeconds(7));
			});
	}

	@Test
	void whenEverythingIsDisabledThenNothingHasAName() {
		this.contextRunner
			.withPropertyValues("uds.enabled=false", "uds.listeners.text.path=" + socket("text"),
					"uds.clients.text.path=" + socket("text"))
			.run((context) -> {
				assertThat(context.getBeansOfType(UdsListenerContainer.class)).isEmpty();
				assertThat(context.getBeansOfType(UdsTemplate.class)).isEmpty();
			});
	}

	@Test
	void whenANamedListenerIsDisabledThenItsHandlersAreAtRest(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Handlers.class)
			.withPropertyValues("uds.listeners.text.path=" + socket("text"), "uds.listeners.text.enabled=false",
					"uds.listeners.order-events.path=" + socket("orders"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBeansOfType(UdsListenerContainer.class).keySet())
					.containsExactly("order-eventsUdsListenerContainer");
				assertThat(socket("orders")).exists();
				assertThat(socket("text")).doesNotExist();
				assertThat(output).doesNotContain("WARN");
			});
	}

	@Test
	void whenTheDefaultListenerIsDisabledThenThoseWithANameListen() {
		this.contextRunner.withUserConfiguration(GreetingHandlers.class, Handlers.class)
			.withPropertyValues("uds.socket.path=" + socket("default"), "uds.listener.enabled=false",
					"uds.listeners.text.path=" + socket("text"), "uds.listeners.order-events.path=" + socket("orders"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(socket("default")).doesNotExist();
				assertThat(listener(context, "text").stats().state()).isEqualTo(State.RUNNING);
			});
	}

	@Test
	void whenBeansAreDefinedThenTheConfiguredOnesBackOffByTypeAndNamedOnesByBeanName() {
		UdsTemplate own = UdsTemplate.builder().path("/run/own.sock").build();
		UdsTemplate text = UdsTemplate.builder().path("/run/text.sock").build();
		UdsListenerContainer container = new UdsListenerContainer(
				new UdsListenerOptions("text", UdsAddress.of(socket("text"))), () -> {
					throw new IllegalStateException("Not to be started");
				}, CallRecorder.NONE, null);
		container.getOptions().setAutoStartup(false);
		this.contextRunner.withBean("own", UdsTemplate.class, () -> own)
			.withBean("textUdsTemplate", UdsTemplate.class, () -> text,
					(definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false))
			.withBean("textUdsListenerContainer", UdsListenerContainer.class, () -> container)
			.withPropertyValues("uds.client.path=/run/a.sock", "uds.clients.text.path=/run/b.sock",
					"uds.clients.orders.path=/run/c.sock", "uds.listeners.text.path=" + socket("other"))
			.run((context) -> {
				assertThat(context.getBean(UdsTemplate.class)).isSameAs(own);
				assertThat(context.getBean("textUdsTemplate")).isSameAs(text);
				assertThat(context).doesNotHaveBean("udsTemplate");
				assertThat(client(context, "orders").getConnectionFactory().getAddress()).hasToString("/run/c.sock");
				assertThat(context.getBean(UdsListenerContainer.class)).isSameAs(container);
			});
	}

	@Test
	void whenBeansAreLazyThenNamedListenersStartAllTheSame() {
		this.contextRunner.withUserConfiguration(Handlers.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withPropertyValues("uds.listeners.text.path=" + socket("text"),
					"uds.listeners.order-events.path=" + socket("orders"))
			.run((context) -> assertThat(socket("text")).exists());
	}

	@Test
	void whenANamedListenerHasNoHandlerThenItIsNotStartedAndAWarningSaysSo(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + socket("default"), "uds.listeners.text.path=" + socket("text"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(listener(context, "text").isRunning()).isFalse();
				assertThat(socket("text")).doesNotExist();
				assertThat(socket("default")).exists();
				assertThat(output).contains("Listener 'text' has no @UdsHandler and is not started");
			});
	}

	@Test
	void whenHandlersNameAListenerThatIsNotConfiguredThenTheKnownOnesAreNamed() {
		this.contextRunner.withUserConfiguration(Handlers.class)
			.withPropertyValues("uds.socket.path=" + socket("default"), "uds.listeners.text.path=" + socket("text"),
					"uds.listeners.idle.path=" + socket("idle"), "uds.listeners.idle.enabled=false")
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOfSatisfying(UnknownListenerException.class, (ex) -> {
					assertThat(ex.getUnknown()).containsExactly("order-events");
					assertThat(ex.getKnown()).containsExactlyInAnyOrder("default", "idle", "text");
				}));
	}

	@Test
	void whenHandlersNameNoListenerAndOnlyOthersAreConfiguredThenTheDefaultListenerIsMissed() {
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.listeners.text.path=" + socket("text"))
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOfSatisfying(UnknownListenerException.class, (ex) -> {
					assertThat(ex.getUnknown()).containsExactly("default");
					assertThat(ex.getKnown()).containsExactly("text");
				}));
	}

	@ParameterizedTest
	@CsvSource({ "uds.listeners.order-events.backlog=1, uds.listeners.order-events.path",
			"uds.listeners.text.enabled=true, uds.listeners.text.path",
			"uds.clients.orders.timeout=1s, uds.clients.orders.path" })
	void whenThereIsNoPathThenTheFailureNamesTheProperty(String property, String missing) {
		this.contextRunner.withPropertyValues("uds.socket.path=" + socket("default"), property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidSocketPropertiesException.class, (ex) -> {
					assertThat(ex.getProperty()).isEqualTo(missing);
					assertThat(ex).hasMessageContaining("'" + missing + "'");
					assertThat(ex.getProblem()).contains("not set");
					assertThat(ex.getRemedy()).contains("Set '" + missing + "'");
				}));
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"', value = { "uds.listeners.default, \"'uds.socket' and 'uds.listener'\"",
			"uds.listeners.Default, \"'uds.socket' and 'uds.listener'\"", "uds.clients.default, \"'uds.client'\"" })
	void whenANameIsThatOfTheSingleFormThenTheFailureSaysWhereThePropertiesBelong(String property, String single) {
		this.contextRunner.withPropertyValues(property + ".path=" + socket("a"))
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOfSatisfying(InvalidSocketPropertiesException.class, (ex) -> {
					assertThat(ex.getProperty()).isEqualTo(property);
					assertThat(ex.getRemedy()).contains("below " + single);
				}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "uds.listeners[a/b].path", "uds.clients[a.b].path", "uds.clients[ ].path" })
	void whenANameIsNotMadeOfLettersDigitsAndDashesThenItIsRefused(String property) {
		this.contextRunner.withPropertyValues(property + "=" + socket("a"))
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidSocketPropertiesException.class)
				.hasMessageContaining("is no name: it must be made of letters, digits and dashes"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("listenerSettings")
	void whenAPropertyStandsUnderANameThenThatListenerHasItAndNoOther(String property,
			Function<UdsListenerOptions, Object> option, Object initial, Object expected) {
		this.contextRunner
			.withPropertyValues("uds.listeners.text.path=" + socket("text"),
					"uds.listeners.other.path=" + socket("other"), "uds.listeners.text." + property)
			.run((context) -> {
				assertThat(option.apply(listener(context, "text").getOptions())).isEqualTo(expected);
				assertThat(option.apply(listener(context, "other").getOptions())).isEqualTo(initial);
			});
	}

	static Stream<Arguments> listenerSettings() {
		return Stream.of(
				listenerSetting("permissions=0660", (options) -> options.getBindOptions().permissions(),
						PosixFilePermissions.fromString("rw-------"), PosixFilePermissions.fromString("rw-rw----")),
				listenerSetting("group=daemon", (options) -> options.getBindOptions().group(), null, "daemon"),
				listenerSetting("transport=jdk", UdsListenerOptions::getTransport, TransportType.AUTO,
						TransportType.JDK),
				listenerSetting("backlog=7", (options) -> options.getBindOptions().backlog(), 1024, 7),
				listenerSetting("allow-shared-directory=true",
						(options) -> options.getBindOptions().allowSharedDirectory(), false, true),
				listenerSetting("wait-for-release=7s", (options) -> options.getBindOptions().waitForRelease(),
						Duration.ZERO, Duration.ofSeconds(7)),
				listenerSetting("auto-startup=false", UdsListenerOptions::isAutoStartup, true, false),
				listenerSetting("execution=pool", UdsListenerOptions::getExecution, Execution.INLINE, Execution.POOL),
				listenerSetting("max-in-flight=7", UdsListenerOptions::getMaxInFlight, 4096, 7),
				listenerSetting("max-frame-size=1MB", (options) -> options.getFrameLimits().maxFrameSize(), 4 << 20,
						1 << 20),
				listenerSetting("idle-timeout=7s", (options) -> options.getClocks().idle(), Duration.ZERO,
						Duration.ofSeconds(7)),
				listenerSetting("busy-poll=off", UdsListenerOptions::getBusyPoll, null, Duration.ZERO));
	}

	private static Arguments listenerSetting(String property, Function<UdsListenerOptions, Object> option,
			Object initial, Object expected) {
		return Arguments.of(property, option, initial, expected);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("clientSettings")
	void whenAPropertyStandsUnderANameThenThatClientHasItAndNoOther(String property, String setting, Object initial,
			Object expected) {
		this.contextRunner
			.withPropertyValues("uds.clients.text.path=/run/text.sock", "uds.clients.other.path=/run/other.sock",
					"uds.clients.text." + property)
			.run((context) -> {
				assertThat(TemplateSettings.of(client(context, "text"), setting)).isEqualTo(expected);
				assertThat(TemplateSettings.of(client(context, "other"), setting)).isEqualTo(initial);
			});
	}

	static Stream<Arguments> clientSettings() {
		return Stream.of(Arguments.of("timeout=7s", "timeout", Duration.ofSeconds(30), Duration.ofSeconds(7)),
				Arguments.of("max-connections=7", "maxConnections", 2, 7),
				Arguments.of("max-streams=7", "maxStreams", 64, 7),
				Arguments.of("reconnect.initial-backoff=7ms", "initialBackoff", Duration.ofMillis(20),
						Duration.ofMillis(7)),
				Arguments.of("busy-poll=20us", "busyPoll", null, Duration.ofNanos(20_000)));
	}

	@Test
	void whenTheTransportIsSetUnderANameThenThatSocketUsesIt(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Handlers.class)
			.withPropertyValues("uds.listeners.text.path=" + socket("text"), "uds.listeners.text.transport=junixsocket",
					"uds.listeners.order-events.path=" + socket("orders"), "uds.clients.text.path=" + socket("text"),
					"uds.clients.text.transport=junixsocket")
			.run((context) -> {
				assertThat(client(context, "text").request("who", null, String.class)).isEqualTo("text");
				assertThat(output).contains(socket("text") + "' (junixsocket)");
				assertThat(output).contains(socket("orders") + "' (jdk)");
			});
	}

	@Test
	void whenPermissionsAreSetUnderANameThenThatSocketFileHasThem() {
		this.contextRunner.withUserConfiguration(Handlers.class)
			.withPropertyValues("uds.listeners.text.path=" + socket("text"), "uds.listeners.text.permissions=rw-rw----",
					"uds.listeners.order-events.path=" + socket("orders"))
			.run((context) -> {
				assertThat(Files.getPosixFilePermissions(socket("text")))
					.isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
				assertThat(Files.getPosixFilePermissions(socket("orders")))
					.isEqualTo(PosixFilePermissions.fromString("rw-------"));
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = { "uds.listeners.order-events.path||is no socket path",
			"uds.listeners.order-events.permissions|432|octal", "uds.listeners.order-events.backlog|0|at least 1",
			"uds.listeners.order-events.protocol|jsonrpc|There is no protocol 'jsonrpc', only [",
			"uds.listeners.order-events.max-connections|0|at least 1",
			"uds.listeners.order-events.max-frame-size|16MB|16777215",
			"uds.listeners.order-events.frame-timeout|-1s|negative",
			"uds.listeners.order-events.busy-poll|often|a duration",
			"uds.listeners.order-events.allowed-users|no-such-user|Unknown user 'no-such-user'",
			"uds.clients.order-events.path|@|is no socket path",
			"uds.clients.order-events.protocol|jsonrpc|There is no protocol 'jsonrpc', only [",
			"uds.clients.order-events.timeout|0s|more than zero",
			"uds.clients.order-events.max-connections|0|at least 1",
			"uds.clients.order-events.max-streams|0|at least 1",
			"uds.clients.order-events.reconnect.max-backoff|1ms|'uds.clients.order-events.reconnect.initial-backoff'",
			"uds.clients.order-events.busy-poll|often|a duration" })
	void whenAValueUnderANameIsInvalidThenTheFailureNamesTheWholeProperty(String property, String value,
			String reason) {
		this.contextRunner
			.withPropertyValues("uds.listeners.order-events.path=" + socket("a"),
					"uds.clients.order-events.path=" + socket("a"), property + "=" + ((value != null) ? value : ""))
			.run((context) -> assertThat(invalidValueIn(context.getStartupFailure())).satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo(property);
				assertThat(ex.getReason()).contains(reason);
			}));
	}

	@ParameterizedTest
	@ValueSource(strings = { "uds.listeners.text.transport", "uds.clients.text.transport" })
	void whenTheTransportCannotReachThePathThenTheFailureNamesTheWholeProperty(String property) {
		this.contextRunner.withPropertyValues(property.replace("transport", "path") + "=@uds-test", property + "=jdk")
			.run((context) -> assertThat(invalidValueIn(context.getStartupFailure()).getName()).isEqualTo(property));
	}

	@Test
	void whenAValueUnderANameCannotBeBoundThenItIsReportedAsForAnyOtherProperty() {
		this.contextRunner
			.withPropertyValues("uds.listeners.text.path=" + socket("a"), "uds.listeners.text.execution=quickly")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("uds.listeners.text.execution"));
	}

	@Test
	void whenAProtocolIsABeanThenItsNameSelectsItBeforeServices() {
		WireProtocol ours = new RenamedProtocol("ours");
		WireProtocol better = new RenamedProtocol("ttrpc");
		this.contextRunner.withUserConfiguration(Handlers.class)
			.withBean("ours", WireProtocol.class, () -> ours)
			.withBean("better", WireProtocol.class, () -> better)
			.withPropertyValues("uds.listeners.text.path=" + socket("text"), "uds.listeners.text.protocol=ours",
					"uds.listeners.order-events.path=" + socket("orders"), "uds.clients.text.path=" + socket("text"),
					"uds.clients.text.protocol=ours")
			.run((context) -> {
				assertThat(listener(context, "text").getOptions().getProtocol()).isSameAs(ours);
				assertThat(listener(context, "order-events").getOptions().getProtocol()).isSameAs(better);
				assertThat(client(context, "text").request("who", null, String.class)).isEqualTo("text");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "uds.listener", "uds.client", "uds.listeners.text", "uds.clients.text" })
	void whenAProtocolIsUnknownThenServicesAndBeansAreNamed(String prefix) {
		this.contextRunner.withBean(WireProtocol.class, () -> new RenamedProtocol("ours"))
			.withPropertyValues("uds.socket.path=" + socket("default"), prefix + ".path=" + socket("a"),
					prefix + ".protocol=theirs")
			.run((context) -> assertThat(invalidValueIn(context.getStartupFailure())).satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo(prefix + ".protocol");
				assertThat(ex.getReason()).contains("There is no protocol 'theirs'", "ttrpc", "the beans [ours]");
			}));
	}

	@Test
	void whenCustomizersAreDefinedThenTheySeeEverySocketAndItsName() {
		this.contextRunner.withUserConfiguration(Customizers.class)
			.withPropertyValues("uds.socket.path=" + socket("default"), "uds.listeners.text.path=" + socket("text"),
					"uds.clients.order-events.path=" + socket("orders"))
			.run((context) -> {
				Customizers customizers = context.getBean(Customizers.class);
				assertThat(customizers.listeners).containsExactlyInAnyOrder("default", "text");
				assertThat(customizers.clients).containsExactlyInAnyOrder("default", "order-events");
				assertThat(listener(context, "text").getOptions().getMaxInFlight()).isEqualTo(7);
				assertThat(context.getBean(UdsListenerContainer.class).getOptions().getMaxInFlight()).isEqualTo(4096);
				assertThat(TemplateSettings.of(client(context, "order-events"), "maxConnections")).isEqualTo(7);
				assertThat(TemplateSettings.of(client(context, "order-events"), "maxStreams")).isEqualTo(9);
				assertThat(TemplateSettings.of(context.getBean(UdsTemplate.class), "maxConnections")).isEqualTo(2);
				assertThat(TemplateSettings.of(context.getBean(UdsTemplate.class), "maxStreams")).isEqualTo(64);
			});
	}

	@Test
	void whenAPeerAuthorizerIsDefinedThenItDecidesForNamedListenersToo(CapturedOutput output) {
		PeerAuthorizer authorizer = (peer) -> false;
		this.contextRunner.withBean(PeerAuthorizer.class, () -> authorizer)
			.withPropertyValues("uds.listeners.text.path=" + socket("text"), "uds.listeners.text.allowed-users=root")
			.run((context) -> {
				assertThat(listener(context, "text").getOptions().getAuthorizer()).isSameAs(authorizer);
				assertThat(output).contains("'uds.listeners.text.allowed-users'",
						"'uds.listeners.text.allowed-groups'");
			});
	}

	@Test
	void whenConnectionDetailsAreDefinedThenTheyAreThoseOfThePrimaryClientOnly() {
		this.contextRunner.withBean(UdsConnectionDetails.class, () -> () -> "/run/details.sock")
			.withPropertyValues("uds.clients.text.path=/run/text.sock")
			.run((context) -> {
				assertThat(context.getBean("udsTemplate", UdsTemplate.class).getConnectionFactory().getAddress())
					.hasToString("/run/details.sock");
				assertThat(client(context, "text").getConnectionFactory().getAddress()).hasToString("/run/text.sock");
			});
	}

	@Test
	void whenThePhaseForShutdownIsConfiguredThenNamedListenersDrainAsLong() {
		this.contextRunner
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=7s",
					"uds.listeners.text.path=" + socket("text"))
			.run((context) -> assertThat(listener(context, "text").getOptions().getDrainTimeout())
				.isEqualTo(Duration.ofSeconds(7)));
	}

	@Test
	void whenNamesAreSpelledInSeveralWaysThenTheWrittenOneStays() {
		assertThat(SocketNames.distinct(Map.of("order-events", 1)).keySet()).containsExactly("order-events");
		for (String written : List.of("order-events", "orderEvents", "order_events")) {
			assertThat(SocketNames.distinct(Map.of(written, 1, "orderevents", 2, "text", 3)))
				.containsOnly(Map.entry(written, 1), Map.entry("text", 3));
		}
	}

	private Path socket(String name) {
		return this.directory.resolve(name + ".sock");
	}

	private static UdsListenerContainer listener(ApplicationContext context, String name) {
		return BeanFactoryAnnotationUtils.qualifiedBeanOfType(context.getAutowireCapableBeanFactory(),
				UdsListenerContainer.class, name);
	}

	private static UdsTemplate client(ApplicationContext context, String name) {
		return BeanFactoryAnnotationUtils.qualifiedBeanOfType(context.getAutowireCapableBeanFactory(),
				UdsTemplate.class, name);
	}

	private static InvalidConfigurationPropertyValueException invalidValueIn(Throwable failure) {
		Throwable cause = failure;
		while (cause != null && !(cause instanceof InvalidConfigurationPropertyValueException)) {
			cause = cause.getCause();
		}
		assertThat(cause).as("cause of " + failure).isNotNull();
		return (InvalidConfigurationPropertyValueException) cause;
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@UdsHandler(value = "who", listener = "order-events")
		String orders() {
			return "orders";
		}

		@UdsHandler(value = "who", listener = "text")
		String text() {
			return "text";
		}

		@UdsHandler(value = "shared", listener = { "order-events", "text" })
		String shared(String text) {
			return text;
		}

		@UdsHandler(value = "orders.only", listener = "order-events")
		String only() {
			return "only";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Injected {

		private final UdsTemplate orders;

		private final UdsTemplate text;

		private final UdsListenerContainer ordersListener;

		private final UdsListenerContainer textListener;

		Injected(@Qualifier("order-events") UdsTemplate orders, @Qualifier("text") UdsTemplate text,
				@Qualifier("order-events") UdsListenerContainer ordersListener,
				@Qualifier("text") UdsListenerContainer textListener) {
			this.orders = orders;
			this.text = text;
			this.ordersListener = ordersListener;
			this.textListener = textListener;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Unqualified {

		private final UdsTemplate template;

		private final UdsOperations operations;

		private final UdsListenerContainer container;

		Unqualified(UdsTemplate template, UdsOperations operations, UdsListenerContainer container) {
			this.template = template;
			this.operations = operations;
			this.container = container;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		private final List<String> listeners = new CopyOnWriteArrayList<>();

		private final List<String> clients = new CopyOnWriteArrayList<>();

		@Bean
		UdsListenerOptionsCustomizer listenerCustomizer() {
			return (options) -> {
				this.listeners.add(options.getName());
				if (options.getName().equals("text")) {
					options.setMaxInFlight(7);
				}
			};
		}

		@Bean
		UdsTemplateBuilderCustomizer clientCustomizer() {
			return (name, builder) -> {
				this.clients.add(name);
				if (name.equals("order-events")) {
					builder.maxConnections(7).maxStreams(9);
				}
			};
		}

	}

	/** ttrpc under another name. */
	private static final class RenamedProtocol implements MultiplexedProtocol {

		private final String name;

		private final MultiplexedProtocol delegate = (MultiplexedProtocol) WireProtocols.named("ttrpc");

		private RenamedProtocol(String name) {
			this.name = name;
		}

		@Override
		public String name() {
			return this.name;
		}

		@Override
		public FrameReader newReader(Side side, FrameLimits limits) {
			return this.delegate.newReader(side, limits);
		}

		@Override
		public FrameWriter newWriter(FrameLimits limits) {
			return this.delegate.newWriter(limits);
		}

		@Override
		public long firstStreamId() {
			return this.delegate.firstStreamId();
		}

		@Override
		public int streamIdStep() {
			return this.delegate.streamIdStep();
		}

		@Override
		public long retireStreamId() {
			return this.delegate.retireStreamId();
		}

	}

	record InjectedDefaults(@Qualifier("default") UdsTemplate template,
			@Qualifier("default") UdsListenerContainer listener) {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnDefault {

		@Bean
		@Qualifier("default")
		UdsTemplate own() {
			return UdsTemplate.builder().path("/run/own.sock").build();
		}

	}

}
