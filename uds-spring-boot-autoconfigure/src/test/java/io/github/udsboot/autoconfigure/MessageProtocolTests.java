package io.github.udsboot.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.ReflectionTestUtils;

import io.github.udsboot.Status;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionListener;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.converter.PayloadConverter;
import io.github.udsboot.handler.route.InvalidRouteException;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.FrameReader;
import io.github.udsboot.protocol.FrameWriter;
import io.github.udsboot.protocol.MessageProtocol;
import io.github.udsboot.protocol.WireProtocol;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.protocol.line.LineRouting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The properties of protocols whose messages follow each other.
 */
class MessageProtocolTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

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
	void whenTheFirstWordIsTheRouteThenHandlersAreCalledByItAndFailuresAreSeen() {
		this.contextRunner.withUserConfiguration(Routed.class)
			.withPropertyValues("uds.socket.path=" + socket("a"), "uds.listener.protocol=line",
					"uds.listener.line.routing=first-word", "uds.client.protocol=line",
					"uds.client.line.routing=first-word")
			.run((context) -> {
				UdsTemplate client = context.getBean(UdsTemplate.class);
				assertThat(client.exchange("upper some words", String.class)).isEqualTo("SOME WORDS");
				assertThat(client.exchange("lower Some Words", String.class)).isEqualTo("some words");
				assertThatExceptionOfType(UdsRemoteException.class)
					.isThrownBy(() -> client.exchange("title some words", String.class))
					.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNIMPLEMENTED));
			});
	}

	@Test
	void whenTheClientHasNoRoutingThenFailuresAreData() {
		this.contextRunner.withUserConfiguration(Routed.class)
			.withPropertyValues("uds.socket.path=" + socket("a"), "uds.listener.protocol=line",
					"uds.listener.line.routing=first-word", "uds.client.protocol=line")
			.run((context) -> assertThat(context.getBean(UdsTemplate.class).exchange("title some words", String.class))
				.startsWith("ERR UNIMPLEMENTED"));
	}

	@Test
	void whenADelimiterAndAGreetingAreConfiguredThenTheyAreOnTheWire() {
		this.contextRunner.withUserConfiguration(Unrouted.class)
			.withPropertyValues("uds.listeners.node.path=" + socket("node"), "uds.listeners.node.protocol=line",
					"uds.listeners.node.line.delimiter=|", "uds.listeners.node.greeting=welcome",
					"uds.clients.node.path=" + socket("node"), "uds.clients.node.protocol=line",
					"uds.clients.node.line.delimiter=|", "uds.clients.bytes.path=" + socket("node"),
					"uds.clients.bytes.protocol=raw")
			.run((context) -> {
				try (UdsSession session = client(context, "node").open()) {
					assertThat(session.receive(String.class)).isEqualTo("welcome");
					session.send("two\nlines");
					assertThat(session.receive(String.class)).isEqualTo("TWO\nLINES");
				}
				try (UdsSession session = client(context, "bytes").open()) {
					assertThat(session.receive(String.class)).isEqualTo("welcome|");
				}
			});
	}

	@Test
	void whenAnAnswerEndsWithTheOutputThenAllOfItIsRead() {
		this.contextRunner.withUserConfiguration(Chatty.class)
			.withPropertyValues("uds.listeners.node.path=" + socket("node"), "uds.listeners.node.protocol=raw",
					"uds.clients.node.path=" + socket("node"), "uds.clients.node.protocol=raw",
					"uds.clients.node.read-until=eof")
			.run((context) -> assertThat(client(context, "node").exchange("x", String.class)).isEqualTo("onetwothree"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenKeepAliveIsConfiguredThenItDecidesWhetherTheConnectionIsUsedAgain(boolean keepAlive) {
		this.contextRunner.withUserConfiguration(Unrouted.class)
			.withPropertyValues("uds.listeners.node.path=" + socket("node"), "uds.listeners.node.protocol=line",
					"uds.listeners.node.keep-alive=" + keepAlive, "uds.clients.node.path=" + socket("node"),
					"uds.clients.node.protocol=line", "uds.clients.node.keep-alive=" + keepAlive)
			.run((context) -> {
				UdsTemplate client = client(context, "node");
				assertThat(client.exchange("a", String.class)).isEqualTo("A");
				assertThat(client.exchange("b", String.class)).isEqualTo("B");
				assertThat(listener(context, "node").stats().accepted()).isEqualTo(keepAlive ? 1 : 2);
				assertThat(listener(context, "node").getOptions().getKeepAlive()).isEqualTo(keepAlive);
			});
	}

	@Test
	void whenSessionListenersAreDefinedThenTheyAreToldAboutTheSessionsOfEveryListener() {
		this.contextRunner.withUserConfiguration(Unrouted.class, Sessions.class)
			.withPropertyValues("uds.listeners.node.path=" + socket("node"), "uds.listeners.node.protocol=line",
					"uds.listeners.bytes.path=" + socket("bytes"), "uds.listeners.bytes.protocol=raw",
					"uds.clients.node.path=" + socket("node"), "uds.clients.node.protocol=line",
					"uds.clients.bytes.path=" + socket("bytes"), "uds.clients.bytes.protocol=raw")
			.run((context) -> {
				client(context, "bytes").exchange("a", String.class);
				client(context, "node").exchange("a", String.class);
				client(context, "node").close();
				Sessions sessions = context.getBean(Sessions.class);
				Awaitility.await()
					.atMost(PATIENCE)
					.untilAsserted(() -> assertThat(sessions.events).containsExactlyInAnyOrder("opened bytes",
							"closed bytes", "opened node", "closed node"));
			});
	}

	@Test
	void whenThereIsAListenerThenItsSessionsConvertAsHandlersDo() {
		this.contextRunner.withPropertyValues("uds.socket.path=" + socket("a"))
			.run((context) -> assertThat(
					ReflectionTestUtils.getField(context.getBean(UdsListenerContainer.class), "payloadConverter"))
				.isSameAs(context.getBean(PayloadConverter.class)));
	}

	@ParameterizedTest
	@CsvSource({ "uds.client, udsTemplate", "uds.clients.node, nodeUdsTemplate" })
	void whenTheGreatestFrameOfAClientIsConfiguredThenItSendsNoMore(String prefix, String bean) {
		this.contextRunner.withUserConfiguration(GreetingHandlers.class)
			.withPropertyValues("uds.socket.path=" + socket("a"), prefix + ".path=" + socket("a"),
					prefix + ".max-frame-size=1KB")
			.run((context) -> {
				UdsTemplate client = context.getBean(bean, UdsTemplate.class);
				assertThat(client.request("echo", new byte[512], byte[].class)).hasSize(512);
				assertThatExceptionOfType(UdsLimitExceededException.class)
					.isThrownBy(() -> client.request("echo", new byte[2048], byte[].class));
			});
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("connectionLimits")
	void whenTheNumberOfConnectionsIsNotConfiguredThenItIsTheProtocols(String protocol, String property, String setting,
			int expected) {
		this.contextRunner
			.withPropertyValues("uds.client.path=" + socket("a"), "uds.client.protocol=" + protocol, property)
			.run((context) -> assertThat(setting(context.getBean(UdsTemplate.class), setting)).isEqualTo(expected));
	}

	static Stream<Arguments> connectionLimits() {
		return Stream.of(Arguments.of("ttrpc", "", "maxConnections", 2), Arguments.of("line", "", "maxExchanges", 64),
				Arguments.of("raw", "", "maxExchanges", 64),
				Arguments.of("ttrpc", "uds.client.max-connections=7", "maxConnections", 7),
				Arguments.of("line", "uds.client.max-connections=7", "maxExchanges", 7));
	}

	@Test
	void whenADelimiterHasControlCharactersThenItIsTakenAsItStands() {
		this.contextRunner.withUserConfiguration(Unrouted.class)
			.withInitializer((context) -> TestPropertyValues.of(Map.of("uds.listeners.node.line.delimiter", "\r\n"))
				.applyTo(context))
			.withPropertyValues("uds.listeners.node.path=" + socket("node"), "uds.listeners.node.protocol=line",
					"uds.clients.node.path=" + socket("node"), "uds.clients.node.protocol=raw")
			.run((context) -> {
				try (UdsSession session = client(context, "node").open()) {
					session.send("a\nb\r\n");
					assertThat(session.receive(String.class)).isEqualTo("A\nB\r\n");
				}
			});
	}

	@Test
	void whenTheProtocolOfLinesIsABeanThenOnlyWhatIsConfiguredIsChanged() {
		LineProtocol ours = new LineProtocol().withDelimiter("|").withRouting(LineRouting.FIRST_WORD);
		this.contextRunner.withBean(WireProtocol.class, () -> ours)
			.withUserConfiguration(Routed.class)
			.withPropertyValues("uds.socket.path=" + socket("a"), "uds.listener.protocol=line",
					"uds.client.protocol=line", "uds.client.line.routing=none")
			.run((context) -> {
				assertThat(context.getBean(UdsListenerContainer.class).getOptions().getProtocol()).isSameAs(ours);
				UdsTemplate client = context.getBean(UdsTemplate.class);
				assertThat(client.exchange("upper a\nb", String.class)).isEqualTo("A\nB");
				assertThat(client.exchange("title", String.class)).startsWith("ERR UNIMPLEMENTED");
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = { "uds.listener|ttrpc|greeting|hello|'line' or 'raw'",
			"uds.listener|ttrpc|keep-alive|true|'line' or 'raw'",
			"uds.listeners.text|ttrpc|greeting|hello|'uds.listeners.text.protocol' is 'ttrpc'",
			"uds.listeners.text|ttrpc|keep-alive|false|set 'uds.listeners.text.protocol' to 'line' or 'raw'",
			"uds.listeners.text|ttrpc|line.delimiter|;|set 'uds.listeners.text.protocol' to 'line'",
			"uds.listeners.text|raw|line.delimiter|;|set 'uds.listeners.text.protocol' to 'line'",
			"uds.listeners.text|raw|line.routing|first-word|'uds.listeners.text.protocol' is 'raw'",
			"uds.listener|ttrpc|line.routing|none|set 'uds.listener.protocol' to 'line'",
			"uds.listeners.text|line|line.delimiter||must not be empty",
			"uds.client|ttrpc|keep-alive|true|'line' or 'raw'",
			"uds.client|ttrpc|read-until|eof|set 'uds.client.protocol' to 'line' or 'raw'",
			"uds.clients.text|ttrpc|keep-alive|true|'uds.clients.text.protocol' is 'ttrpc'",
			"uds.clients.text|ttrpc|read-until|eof|Leave it out",
			"uds.clients.text|raw|line.delimiter|;|set 'uds.clients.text.protocol' to 'line'",
			"uds.clients.text|ttrpc|line.routing|first-word|Only the protocol 'line' has lines",
			"uds.clients.text|line|line.delimiter||must not be empty",
			"uds.clients.text|fixed|read-until|eof|says itself where a message ends",
			"uds.client|ttrpc|max-frame-size|16MB|16777215", "uds.clients.text|ttrpc|max-frame-size|0B|from 1" })
	void whenAProtocolHasNoUseForAPropertyThenTheFailureNamesItAndTheRemedy(String prefix, String protocol, String name,
			@Nullable String value, String reason) {
		this.contextRunner.withBean(WireProtocol.class, FixedProtocol::new)
			.withPropertyValues("uds.socket.path=" + socket("default"), prefix + ".path=" + socket("a"),
					prefix + ".protocol=" + protocol, prefix + "." + name + "=" + ((value != null) ? value : ""))
			.run((context) -> assertThat(invalidValueIn(context.getStartupFailure())).satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo(prefix + "." + name);
				assertThat(ex.getReason()).contains(reason).endsWith(".");
			}));
	}

	@Test
	void whenAConnectionIsReadToItsEndThenItCannotBeKept() {
		this.contextRunner
			.withPropertyValues("uds.clients.text.path=" + socket("a"), "uds.clients.text.protocol=raw",
					"uds.clients.text.read-until=eof", "uds.clients.text.keep-alive=true")
			.run((context) -> assertThat(invalidValueIn(context.getStartupFailure())).satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("uds.clients.text.keep-alive");
				assertThat(ex.getReason()).contains("'uds.clients.text.read-until' is 'eof'");
			}));
	}

	@Test
	void whenAHandlerHasARouteAndTheProtocolHasNoneThenTheListenerDoesNotStart() {
		this.contextRunner.withUserConfiguration(Routed.class)
			.withPropertyValues("uds.socket.path=" + socket("a"), "uds.listener.protocol=line")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidRouteException.class)
				.hasMessageContaining("line.routing: first-word"));
		assertThat(socket("a")).doesNotExist();
	}

	private Path socket(String name) {
		return this.directory.resolve(name + ".sock");
	}

	private static UdsTemplate client(ApplicationContext context, String name) {
		return context.getBean(name + "UdsTemplate", UdsTemplate.class);
	}

	private static UdsListenerContainer listener(ApplicationContext context, String name) {
		return context.getBean(name + "UdsListenerContainer", UdsListenerContainer.class);
	}

	private static Object setting(UdsTemplate template, String name) {
		Object settings = ReflectionTestUtils.getField(template.getConnectionFactory(), "settings");
		return ReflectionTestUtils.invokeMethod(settings, name);
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
	static class Routed {

		@UdsHandler("upper")
		String upper(String text) {
			return text.toUpperCase(Locale.ROOT);
		}

		@UdsHandler("lower")
		String lower(String text) {
			return text.toLowerCase(Locale.ROOT);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Unrouted {

		@UdsHandler(listener = "node")
		String node(String text) {
			return text.toUpperCase(Locale.ROOT);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Chatty {

		@UdsHandler(listener = "node")
		String node(String text, UdsSession session) {
			session.send("one");
			session.send("two");
			return "three";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Sessions {

		private final List<String> events = new CopyOnWriteArrayList<>();

		@UdsHandler(listener = "bytes")
		String bytes(String text) {
			return text;
		}

		@Bean
		UdsSessionListener sessionListener() {
			return new UdsSessionListener() {

				@Override
				public void sessionOpened(UdsSession session) {
					Sessions.this.events.add("opened " + session.getName());
				}

				@Override
				public void sessionClosed(UdsSession session, String reason, @Nullable Throwable cause) {
					Sessions.this.events.add("closed " + session.getName());
				}

			};
		}

	}

	/** A protocol that says itself where a message ends. */
	private static final class FixedProtocol implements MessageProtocol {

		private final LineProtocol delegate = new LineProtocol();

		@Override
		public String name() {
			return "fixed";
		}

		@Override
		public FrameReader newReader(Side side, FrameLimits limits) {
			return this.delegate.newReader(side, limits);
		}

		@Override
		public FrameWriter newWriter(FrameLimits limits) {
			return this.delegate.newWriter(limits);
		}

	}

}
