package io.github.udsboot.autoconfigure.listener;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.Status;
import io.github.udsboot.UdsException;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.GreetingHandlers;
import io.github.udsboot.autoconfigure.GreetingHandlers.Greeting;
import io.github.udsboot.autoconfigure.GreetingHandlers.Person;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.config.UdsHandlerMethodProcessor;
import io.github.udsboot.handler.method.HandlerRegistry;
import io.github.udsboot.handler.method.UdsHandlerMethodFactory;
import io.github.udsboot.handler.route.InvalidRouteException;
import io.github.udsboot.handler.route.UnknownListenerException;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.listener.UdsListenerStats.State;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.observation.CallRecorderFactory;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.security.PeerConnection;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class UdsListenerAutoConfigurationTests {

	@TempDir
	private Path directory;

	private Path socket;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.socket = this.directory.resolve("test.sock");
		this.contextRunner = runner().withPropertyValues("uds.socket.path=" + this.socket);
	}

	private static ApplicationContextRunner runner() {
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class,
				TaskExecutionAutoConfiguration.class, UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
				UdsClientAutoConfiguration.class));
	}

	@Test
	void whenThereIsAHandlerThenTheSocketIsBoundAndAnswers() {
		withHandlers().run((context) -> {
			assertThat(context.getBean(UdsListenerContainer.class).stats().state()).isEqualTo(State.RUNNING);
			UdsTemplate template = context.getBean(UdsTemplate.class);
			assertThat(template.request("greet", new Person("Ada"), Greeting.class))
				.isEqualTo(new Greeting("Hello, Ada!"));
		});
		assertThat(this.socket).doesNotExist();
	}

	@Test
	void whenThereIsNoHandlerThenNoSocketIsBoundAndAWarningSaysSo(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(UdsListenerContainer.class).isRunning()).isFalse();
			assertThat(this.socket).doesNotExist();
			assertThat(output).contains("Listener 'default' has no @UdsHandler and is not started");
		});
	}

	@Test
	void whenListenerIsDisabledThenNoSocketIsBound() {
		withHandlers().withPropertyValues("uds.listener.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(UdsListenerContainer.class);
			assertThat(context).hasNotFailed();
			assertThat(context).hasSingleBean(UdsTemplate.class);
			assertThat(this.socket).doesNotExist();
		});
	}

	@Test
	void whenAutoStartupIsOffThenTheSocketIsBoundOnlyWhenTheContainerIsStarted() {
		withHandlers().withPropertyValues("uds.listener.auto-startup=false").run((context) -> {
			assertThat(this.socket).doesNotExist();
			context.getBean(UdsListenerContainer.class).start();
			assertThat(this.socket).exists();
		});
	}

	@Test
	void whenThereAreHandlersAndNoPathThenAWarningSaysSo(CapturedOutput output) {
		runner().withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.client.path=" + this.socket)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context).doesNotHaveBean(UdsListenerContainer.class);
				assertThat(output).contains("set 'uds.socket.path'", "to make the handlers callable");
			});
	}

	@Test
	void whenBeansAreLazyThenTheListenerStartsAllTheSame() {
		withHandlers()
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(this.socket).exists());
	}

	@Test
	void whenTheContextIsStoppedAndStartedThenTheSocketIsBoundAgain() {
		withHandlers().run((context) -> {
			context.getSourceApplicationContext().stop();
			assertThat(this.socket).doesNotExist();
			context.getSourceApplicationContext().start();
			assertThat(context.getBean(UdsTemplate.class).request("echo", "again", String.class)).isEqualTo("again");
		});
	}

	@Test
	void whenBeansAreDefinedThenTheyTakeThePlaceOfTheConfiguredOnes() {
		UdsHandlerMethodFactory factory = new UdsHandlerMethodFactory();
		HandlerRegistry registry = new HandlerRegistry(factory);
		UdsHandlerMethodProcessor processor = new UdsHandlerMethodProcessor(registry);
		UdsListenerContainer container = new UdsListenerContainer(
				new UdsListenerOptions("own", UdsAddress.of(this.socket)), () -> registry.routerFor("own"),
				CallRecorder.NONE, null);
		this.contextRunner.withBean("factory", UdsHandlerMethodFactory.class, () -> factory)
			.withBean("registry", HandlerRegistry.class, () -> registry)
			.withBean("processor", UdsHandlerMethodProcessor.class, () -> processor)
			.withBean("container", UdsListenerContainer.class, () -> container)
			.run((context) -> {
				assertThat(context.getBean(UdsHandlerMethodFactory.class)).isSameAs(factory);
				assertThat(context.getBean(HandlerRegistry.class)).isSameAs(registry);
				assertThat(context.getBean(UdsHandlerMethodProcessor.class)).isSameAs(processor);
				assertThat(context.getBean(UdsListenerContainer.class)).isSameAs(container);
			});
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("options")
	void whenAPropertyIsSetThenTheListenerHasIt(String property, Function<UdsListenerOptions, Object> option,
			Object initial, Object expected) {
		this.contextRunner.run((context) -> assertThat(option.apply(optionsOf(context))).isEqualTo(initial));
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(option.apply(optionsOf(context))).isEqualTo(expected));
	}

	static Stream<Arguments> options() {
		return Stream.of(
				option("uds.socket.permissions=0660", (options) -> options.getBindOptions().permissions(),
						PosixFilePermissions.fromString("rw-------"), PosixFilePermissions.fromString("rw-rw----")),
				option("uds.socket.group=daemon", (options) -> options.getBindOptions().group(), null, "daemon"),
				option("uds.socket.transport=jdk", UdsListenerOptions::getTransport, TransportType.AUTO,
						TransportType.JDK),
				option("uds.socket.backlog=7", (options) -> options.getBindOptions().backlog(), 1024, 7),
				option("uds.socket.allow-shared-directory=true",
						(options) -> options.getBindOptions().allowSharedDirectory(), false, true),
				option("uds.socket.wait-for-release=7s", (options) -> options.getBindOptions().waitForRelease(),
						Duration.ZERO, Duration.ofSeconds(7)),
				option("uds.listener.auto-startup=false", UdsListenerOptions::isAutoStartup, true, false),
				option("uds.listener.protocol=ttrpc", (options) -> options.getProtocol().name(), "ttrpc", "ttrpc"),
				option("uds.listener.execution=pool", UdsListenerOptions::getExecution, Execution.INLINE,
						Execution.POOL),
				option("uds.listener.max-handler-threads=7", UdsListenerOptions::getMaxHandlerThreads, 200, 7),
				option("uds.listener.max-connections=7", UdsListenerOptions::getMaxConnections, 1024, 7),
				option("uds.listener.max-connections-per-user=7", UdsListenerOptions::getMaxConnectionsPerUser, null,
						7),
				option("uds.listener.max-in-flight-per-connection=7", UdsListenerOptions::getMaxInFlightPerConnection,
						256, 7),
				option("uds.listener.max-in-flight=7", UdsListenerOptions::getMaxInFlight, 4096, 7),
				option("uds.listener.max-frame-size=1MB", (options) -> options.getFrameLimits().maxFrameSize(), 4 << 20,
						1 << 20),
				option("uds.listener.max-metadata-size=1KB", (options) -> options.getFrameLimits().maxMetadataSize(),
						8 << 10, 1 << 10),
				option("uds.listener.outbound-queue-size=1MB", UdsListenerOptions::getOutboundQueueSize, 4L << 20,
						1L << 20),
				option("uds.listener.memory=64MB", UdsListenerOptions::getMemory, Runtime.getRuntime().maxMemory() / 4,
						64L << 20),
				option("uds.listener.stream-stall-timeout=7s", (options) -> options.getClocks().streamStall(),
						Duration.ZERO, Duration.ofSeconds(7)),
				option("uds.listener.first-frame-timeout=7s", (options) -> options.getClocks().firstFrame(),
						Duration.ofSeconds(5), Duration.ofSeconds(7)),
				option("uds.listener.frame-timeout=7s", (options) -> options.getClocks().frame(),
						Duration.ofSeconds(10), Duration.ofSeconds(7)),
				option("uds.listener.stall-timeout=7s", (options) -> options.getClocks().stall(),
						Duration.ofSeconds(10), Duration.ofSeconds(7)),
				option("uds.listener.idle-timeout=7s", (options) -> options.getClocks().idle(), Duration.ZERO,
						Duration.ofSeconds(7)),
				option("uds.listener.ping-interval=7s", UdsListenerOptions::getPingInterval, Duration.ofHours(2),
						Duration.ofSeconds(7)),
				option("uds.listener.ping-timeout=7s", UdsListenerOptions::getPingTimeout, Duration.ofSeconds(20),
						Duration.ofSeconds(7)),
				option("uds.listener.busy-poll=off", UdsListenerOptions::getBusyPoll, null, Duration.ZERO),
				option("uds.listener.busy-poll=20us", UdsListenerOptions::getBusyPoll, null, Duration.ofNanos(20_000)),
				option("spring.lifecycle.timeout-per-shutdown-phase=7s", UdsListenerOptions::getDrainTimeout,
						Duration.ofSeconds(30), Duration.ofSeconds(7)),
				option("uds.listener.allowed-users=12345", (options) -> authorized(options, 12345, 1), true, true),
				option("uds.listener.allowed-users=12345", (options) -> authorized(options, 54321, 1), true, false),
				option("uds.listener.allowed-users=root,12345", (options) -> authorized(options, 12345, 1), true, true),
				option("uds.listener.allowed-groups=12345", (options) -> authorized(options, 1, 12345), true, true),
				option("uds.listener.allowed-groups=12345", (options) -> authorized(options, 12345, 1), true, false));
	}

	@Test
	void whenUsersAndGroupsAreAllowedThenEitherMayConnect() {
		this.contextRunner
			.withPropertyValues("uds.listener.allowed-users[0]=12345", "uds.listener.allowed-groups[0]=54321")
			.run((context) -> {
				UdsListenerOptions options = optionsOf(context);
				assertThat(authorized(options, 12345, 1)).isTrue();
				assertThat(authorized(options, 1, 54321)).isTrue();
				assertThat(authorized(options, 54321, 12345)).isFalse();
			});
	}

	@Test
	void whenPermissionsAreSetThenTheSocketFileHasThem() {
		withHandlers().withPropertyValues("uds.socket.permissions=rw-rw----")
			.run((context) -> assertThat(Files.getPosixFilePermissions(this.socket))
				.isEqualTo(PosixFilePermissions.fromString("rw-rw----")));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = { "uds.socket.path||is no socket path",
			"uds.socket.path|@|is no socket path", "uds.socket.permissions|432|octal",
			"uds.socket.backlog|0|at least 1", "uds.listener.protocol|jsonrpc|only [line, raw, ttrpc]",
			"uds.listener.protocol|TTRPC|only [line, raw, ttrpc]", "uds.listener.max-handler-threads|0|at least 1",
			"uds.listener.max-connections|0|at least 1", "uds.listener.max-connections-per-user|0|at least 1",
			"uds.listener.max-in-flight-per-connection|0|at least 1", "uds.listener.max-in-flight|-1|at least 1",
			"uds.listener.max-frame-size|16MB|16777215", "uds.listener.max-metadata-size|-1B|from 0",
			"uds.listener.outbound-queue-size|0|from 1", "uds.listener.memory|1000KB|at least 1048576",
			"uds.listener.stream-stall-timeout|-1s|negative", "uds.listener.first-frame-timeout|-1s|negative",
			"uds.listener.frame-timeout|-1s|negative", "uds.listener.stall-timeout|-1s|negative",
			"uds.listener.idle-timeout|-1s|negative", "uds.listener.ping-interval|-1s|negative",
			"uds.listener.ping-timeout|0s|more than zero", "uds.listener.busy-poll|often|'auto', 'off' or a duration",
			"uds.listener.allowed-users|no-such-user|Unknown user 'no-such-user'",
			"uds.listener.allowed-groups|no-such-group|Unknown group 'no-such-group'",
			"uds.listener.allowed-users||no peer could call", "uds.listener.allowed-groups||no peer could call" })
	void whenAValueIsInvalidThenTheFailureNamesPropertyAndReason(String property, String value, String reason) {
		this.contextRunner.withPropertyValues(property + "=" + ((value != null) ? value : ""))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.satisfies((root) -> assertThat(invalidValueIn(context.getStartupFailure())).satisfies((ex) -> {
					assertThat(ex.getName()).isEqualTo(property);
					assertThat(ex.getReason()).contains(reason);
				})));
	}

	@Test
	void whenTheTransportCannotReachThePathThenTheFailureNamesTheProperty() {
		this.contextRunner.withPropertyValues("uds.socket.path=@uds-test", "uds.socket.transport=jdk")
			.run((context) -> assertThat(invalidValueIn(context.getStartupFailure())).satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("uds.socket.transport");
				assertThat(ex.getReason()).contains("junixsocket");
			}));
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenThePathIsAnAbstractNameThenJunixsocketServesItForTheOwnUserAndRoot() {
		runner().withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=@uds-boot-" + ProcessHandle.current().pid())
			.run((context) -> {
				assertThat(context.getBean(UdsTemplate.class).request("echo", "x", String.class)).isEqualTo("x");
				assertThat(authorized(optionsOf(context), 12345, 12345)).isFalse();
				assertThat(authorized(optionsOf(context), 0, 0)).isTrue();
			});
	}

	@Test
	void whenTheTransportIsJunixsocketThenItServesThePath(CapturedOutput output) {
		withHandlers().withPropertyValues("uds.socket.transport=junixsocket").run((context) -> {
			assertThat(context.getBean(UdsTemplate.class).request("echo", "x", String.class)).isEqualTo("x");
			assertThat(output).contains(this.socket + "' (junixsocket)");
		});
	}

	@Test
	void whenBothListsAreEmptyThenNobodyIsLetInByAccident() {
		this.contextRunner.withPropertyValues("uds.listener.allowed-users=", "uds.listener.allowed-groups=")
			.run((context) -> assertThat(invalidValueIn(context.getStartupFailure()).getReason())
				.contains("no peer could call"));
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void whenVirtualThreadsDoNotExistThenTheFailureSaysSo() {
		this.contextRunner.withPropertyValues("uds.listener.execution=virtual")
			.run((context) -> assertThat(invalidValueIn(context.getStartupFailure())).satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("uds.listener.execution");
				assertThat(ex.getReason()).contains("Java 21");
			}));
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void whenVirtualThreadsAreEnabledAndDoNotExistThenHandlersRunInline() {
		this.contextRunner.withPropertyValues("spring.threads.virtual.enabled=true")
			.run((context) -> assertThat(optionsOf(context).getExecution()).isEqualTo(Execution.INLINE));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenVirtualThreadsAreEnabledThenHandlersRunOnThem() {
		withHandlers().withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			assertThat(optionsOf(context).getExecution()).isEqualTo(Execution.VIRTUAL);
			assertThat(context.getBean(UdsTemplate.class).request("thread", null, String.class))
				.startsWith("uds-handler-");
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenVirtualThreadsAreEnabledAndExecutionIsInlineThenHandlersRunInline() {
		this.contextRunner.withPropertyValues("spring.threads.virtual.enabled=true", "uds.listener.execution=inline")
			.run((context) -> assertThat(optionsOf(context).getExecution()).isEqualTo(Execution.INLINE));
	}

	@Test
	void whenExecutionIsPoolThenHandlersRunOnTheApplicationTaskExecutor() {
		withHandlers()
			.withPropertyValues("uds.listener.execution=pool", "spring.task.execution.thread-name-prefix=app-")
			.run((context) -> assertThat(context.getBean(UdsTemplate.class).request("thread", null, String.class))
				.startsWith("app-"));
	}

	@Test
	void whenExecutionIsPoolAndThereIsNoApplicationTaskExecutorThenHandlersRunOnThreadsOfTheListener() {
		withHandlers().withPropertyValues("uds.listener.execution=pool")
			.withBean("other", Executor.class, () -> new SimpleAsyncTaskExecutor("other-"))
			.run((context) -> assertThat(context.getBean(UdsTemplate.class).request("thread", null, String.class))
				.startsWith("uds-default-"));
	}

	@Test
	void whenAPeerAuthorizerIsDefinedThenItDecides(CapturedOutput output) {
		PeerAuthorizer authorizer = (peer) -> false;
		this.contextRunner.withPropertyValues("uds.listener.allowed-users=root")
			.withBean(PeerAuthorizer.class, () -> authorizer)
			.run((context) -> {
				assertThat(optionsOf(context).getAuthorizer()).isSameAs(authorizer);
				assertThat(output).contains("The application's PeerAuthorizer decides who may connect");
			});
	}

	@Test
	void whenThereAreSeveralPeerAuthorizersThenNoneIsLeftOut() {
		this.contextRunner.withBean("first", PeerAuthorizer.class, () -> (peer) -> false)
			.withBean("second", PeerAuthorizer.class, () -> (peer) -> true)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(NoUniqueBeanDefinitionException.class)
				.hasMessageContaining("first,second"));
	}

	@Test
	void whenCustomizersAreDefinedThenTheyAreAppliedInOrderAfterTheProperties() {
		this.contextRunner.withPropertyValues("uds.listener.max-in-flight=5")
			.withUserConfiguration(Customizers.class)
			.run((context) -> assertThat(optionsOf(context).getMaxInFlight()).isEqualTo((5 + 1) * 10));
	}

	@Test
	void whenRecordersAreDefinedThenAllAreToldAboutTheCalls() {
		withHandlers().withUserConfiguration(Recorders.class).run((context) -> {
			context.getBean(UdsTemplate.class).request("echo", "x", String.class);
			Recorders recorders = context.getBean(Recorders.class);
			assertThat(recorders.client).containsExactly("default echo OK");
			// The server records when it has answered, perhaps a little later
			Awaitility.await().untilAsserted(() -> assertThat(recorders.server).containsExactly("default echo OK"));
			Awaitility.await().untilAsserted(() -> assertThat(recorders.both).containsExactly("echo OK", "echo OK"));
		});
	}

	@Test
	void whenHandlersNameUnknownListenersThenTheFailureNamesTheKnownOnes() {
		this.contextRunner.withUserConfiguration(UnknownListener.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOfSatisfying(UnknownListenerException.class, (ex) -> {
					assertThat(ex.getUnknown()).containsExactly("admin");
					assertThat(ex.getKnown()).containsExactly("default");
				}));
	}

	@Test
	void whenAHandlerHasNoRouteThenTheListenerDoesNotStart() {
		this.contextRunner.withUserConfiguration(NoRoute.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidRouteException.class)
				.hasMessageContaining("the protocol 'ttrpc' of listener 'default' calls handlers by their route"));
		assertThat(this.socket).doesNotExist();
	}

	@Test
	void whenAHeaderIsADurationThenBootsConversionAppliesToIt() {
		withHandlers().run((context) -> assertThat(
				context.getBean(UdsTemplate.class).route("millis").header("wait", "2s").retrieve(String.class))
			.isEqualTo("2000"));
	}

	@Test
	void whenARequestIsOverTheLimitThenItIsRefused() {
		withHandlers().withPropertyValues("uds.listener.max-frame-size=1KB").run((context) -> {
			byte[] payload = new byte[2048];
			assertThatExceptionOfType(UdsException.class)
				.isThrownBy(() -> context.getBean(UdsTemplate.class).request("echo", payload, byte[].class))
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.RESOURCE_EXHAUSTED));
			assertThat(context.getBean(UdsTemplate.class).request("echo", "small", byte[].class))
				.isEqualTo("small".getBytes(StandardCharsets.UTF_8));
		});
	}

	private ApplicationContextRunner withHandlers() {
		return this.contextRunner.withUserConfiguration(GreetingHandlers.class);
	}

	private static UdsListenerOptions optionsOf(ApplicationContext context) {
		return context.getBean(UdsListenerContainer.class).getOptions();
	}

	private static boolean authorized(UdsListenerOptions options, long uid, long gid) {
		UserPrincipal user = () -> "u" + uid;
		GroupPrincipal group = () -> "g" + gid;
		return options.getAuthorizer()
			.isAuthorized(
					new PeerConnection("default", "/run/test.sock", new PeerCredentials(user, group, null, uid, gid)));
	}

	private static Arguments option(String property, Function<UdsListenerOptions, Object> option, Object initial,
			Object expected) {
		return Arguments.of(property, option, initial, expected);
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
	static class Customizers {

		@Bean
		@Order(2)
		UdsListenerOptionsCustomizer second() {
			return (options) -> options.setMaxInFlight(options.getMaxInFlight() * 10);
		}

		@Bean
		@Order(1)
		UdsListenerOptionsCustomizer first() {
			return (options) -> options.setMaxInFlight(options.getMaxInFlight() + 1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Recorders {

		private final List<String> both = new CopyOnWriteArrayList<>();

		private final List<String> server = new CopyOnWriteArrayList<>();

		private final List<String> client = new CopyOnWriteArrayList<>();

		@Bean
		CallRecorder recorderOfBoth() {
			return (route, status, nanos) -> this.both.add(route + " " + status);
		}

		@Bean
		CallRecorderFactory recorderOfSides() {
			return new CallRecorderFactory() {

				@Override
				public CallRecorder forListener(String name) {
					return (route, status, nanos) -> Recorders.this.server.add(name + " " + route + " " + status);
				}

				@Override
				public CallRecorder forClient(String name) {
					return (route, status, nanos) -> Recorders.this.client.add(name + " " + route + " " + status);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UnknownListener {

		@UdsHandler(value = "stop", listener = "admin")
		void stop() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoRoute {

		@UdsHandler
		String any(String text) {
			return text;
		}

	}

}
