package io.github.udsboot.autoconfigure.listener;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.MapPropertySource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.security.PeerAuthorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Allow-lists are read again while their listeners run.
 */
class UdsAllowListsTests {

	/** A number that is no user's here. */
	private static final String OTHER = "4294967";

	private static final String USERS = "uds.listener.allowed-users";

	private static final String ADMIN_USERS = "uds.listeners.admin.allowed-users";

	@TempDir
	private Path directory;

	private final Map<String, Object> properties = new ConcurrentHashMap<>();

	private String user;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() throws Exception {
		this.user = Files.getOwner(this.directory).getName();
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class,
					TaskExecutionAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class))
			.withBean(Handlers.class)
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("changing", this.properties)))
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("a.sock"),
					"uds.listeners.admin.path=" + this.directory.resolve("admin.sock"),
					"uds.clients.admin.path=" + this.directory.resolve("admin.sock"),
					"uds.listeners.other.path=" + this.directory.resolve("other.sock"),
					"uds.listeners.orderEvents.path=" + this.directory.resolve("events.sock"),
					"uds.listeners.abstract.path=@uds-allow-lists-" + ProcessHandle.current().pid(),
					"uds.clients.abstract.path=@uds-allow-lists-" + ProcessHandle.current().pid());
	}

	private static UdsTemplate client(ApplicationContext context, String name) {
		return context.getBean(name.equals("default") ? "udsTemplate" : name + "UdsTemplate", UdsTemplate.class);
	}

	private static UdsListenerContainer listener(ApplicationContext context, String name) {
		return context.getBean(name.equals("default") ? "udsListenerContainer" : name + "UdsListenerContainer",
				UdsListenerContainer.class);
	}

	private static void assertAllowed(ApplicationContext context, String name) {
		assertThat(client(context, name).request("echo", "x", String.class)).isEqualTo("x");
	}

	private static void assertDenied(ApplicationContext context, String name) {
		// the connection may be about to be closed
		Awaitility.await()
			.ignoreExceptionsMatching((ex) -> !(ex instanceof UdsRemoteException))
			.untilAsserted(() -> assertThatExceptionOfType(UdsRemoteException.class)
				.isThrownBy(() -> client(context, name).request("echo", "x", String.class))
				.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.PERMISSION_DENIED)));
	}

	@ParameterizedTest
	@CsvSource({ "default, " + USERS, "admin, " + ADMIN_USERS })
	void whenAListIsAddedChangedAndRemovedThenEachRefreshCountsAtOnceForThatListenerOnly(String name, String key) {
		String other = name.equals("admin") ? "default" : "admin";
		this.contextRunner.run((context) -> {
			UdsAllowLists allowLists = context.getBean(UdsAllowLists.class);
			assertAllowed(context, name);
			assertAllowed(context, other);
			this.properties.put(key, OTHER);
			assertAllowed(context, name);
			allowLists.refresh();
			Awaitility.await().until(() -> listener(context, name).stats().closed().get(CloseReason.UNAUTHORIZED) == 1);
			assertDenied(context, name);
			assertAllowed(context, other);
			this.properties.put(key, OTHER + "," + this.user);
			allowLists.refresh();
			assertAllowed(context, name);
			this.properties.put(key, OTHER);
			allowLists.refresh();
			assertDenied(context, name);
			this.properties.remove(key);
			allowLists.refresh();
			assertAllowed(context, name);
			assertThat(listener(context, name).getOptions().getAuthorizer()).isSameAs(PeerAuthorizer.acceptAll());
			assertThat(listener(context, other).stats().closed()).containsEntry(CloseReason.UNAUTHORIZED, 0L);
		});
	}

	@Test
	void whenANameIsWrittenInAnotherWayThenItIsTheSameListener() {
		this.contextRunner.run((context) -> {
			this.properties.put("uds.listeners.orderEvents.allowedUsers", OTHER);
			context.getBean(UdsAllowLists.class).refresh();
			assertThat(listener(context, "orderEvents").getOptions().getAuthorizer()).asString().contains(OTHER);
		});
	}

	@ParameterizedTest
	@CsvSource({ USERS + ", no-such-user", ADMIN_USERS + ", no-such-user", ADMIN_USERS + ", ''",
			"uds.listeners.admin.allowed-groups, no-such-group" })
	void whenAValueIsInvalidThenItIsReportedAsAtAStartAndNothingChanges(String key, String value) {
		this.contextRunner.run((context) -> {
			PeerAuthorizer before = listener(context, "default").getOptions().getAuthorizer();
			PeerAuthorizer beforeOfAdmin = listener(context, "admin").getOptions().getAuthorizer();
			this.properties.put(USERS, OTHER);
			this.properties.put(ADMIN_USERS, OTHER);
			if (key.contains("groups")) {
				this.properties.remove(ADMIN_USERS);
			}
			this.properties.put(key, value);
			assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
				.isThrownBy(context.getBean(UdsAllowLists.class)::refresh)
				.satisfies((ex) -> assertThat(ex.getName()).isEqualTo(key));
			assertThat(listener(context, "default").getOptions().getAuthorizer()).isSameAs(before);
			assertThat(listener(context, "admin").getOptions().getAuthorizer()).isSameAs(beforeOfAdmin);
			assertAllowed(context, "default");
			assertAllowed(context, "admin");
		});
	}

	@Test
	void whenAPlaceholderCannotBeResolvedThenNothingChanges() {
		this.properties.put(USERS, OTHER);
		this.contextRunner.run((context) -> {
			this.properties.put(USERS, "${no.such.property}");
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(context.getBean(UdsAllowLists.class)::refresh)
				.withStackTraceContaining("no.such.property");
			assertDenied(context, "default");
		});
	}

	@Test
	void whenTheApplicationDecidesThenItsAuthorizersAreLeftAlone() {
		PeerAuthorizer bean = (peer) -> true;
		PeerAuthorizer customized = (peer) -> true;
		PeerAuthorizer set = (peer) -> true;
		this.contextRunner.withBean("default", PeerAuthorizer.class, () -> bean)
			.withBean(UdsListenerOptionsCustomizer.class, () -> (options) -> {
				if (options.getName().equals("admin")) {
					options.setAuthorizer(customized);
				}
			})
			.run((context) -> {
				listener(context, "other").setAuthorizer(set);
				for (String key : new String[] { USERS, ADMIN_USERS, "uds.listeners.other.allowed-users" }) {
					this.properties.put(key, OTHER);
				}
				context.getBean(UdsAllowLists.class).refresh();
				assertThat(listener(context, "default").getOptions().getAuthorizer()).isSameAs(bean);
				assertThat(listener(context, "admin").getOptions().getAuthorizer()).isSameAs(customized);
				assertThat(listener(context, "other").getOptions().getAuthorizer()).isSameAs(set);
				assertAllowed(context, "admin");
			});
	}

	@Test
	void whenTheListOfAnAbstractNameIsRemovedThenTheOwnUserAndRootAreLeft() {
		this.properties.put("uds.listeners.abstract.allowed-users", OTHER);
		this.contextRunner.run((context) -> {
			assertDenied(context, "abstract");
			this.properties.clear();
			context.getBean(UdsAllowLists.class).refresh();
			assertAllowed(context, "abstract");
			assertThat(listener(context, "abstract").getOptions().getAuthorizer())
				.isNotSameAs(PeerAuthorizer.acceptAll());
		});
	}

	@RepeatedTest(50)
	void whenListsAreRefreshedConcurrentlyThenTheLastStateOfTheEnvironmentCounts() {
		this.contextRunner.run((context) -> {
			UdsAllowLists allowLists = context.getBean(UdsAllowLists.class);
			AtomicBoolean stop = new AtomicBoolean();
			Map<Thread, Throwable> failures = new HashMap<>();
			Thread caller = new Thread(() -> {
				while (!stop.get()) {
					try {
						client(context, "default").request("echo", "x", String.class);
					}
					catch (UdsException ex) {
						// refused, or cut off
					}
				}
			});
			Thread[] refreshing = new Thread[3];
			for (int i = 0; i < refreshing.length; i++) {
				String users = (i == 0) ? OTHER : this.user;
				refreshing[i] = new Thread(() -> {
					for (int j = 0; j < 10; j++) {
						this.properties.put(USERS, users);
						allowLists.refresh();
					}
				});
				refreshing[i].setUncaughtExceptionHandler((thread, ex) -> failures.put(thread, ex));
			}
			caller.start();
			for (Thread thread : refreshing) {
				thread.start();
			}
			for (Thread thread : refreshing) {
				thread.join();
			}
			this.properties.put(USERS, OTHER);
			allowLists.refresh();
			stop.set(true);
			caller.join();
			assertThat(failures).isEmpty();
			Awaitility.await().until(() -> listener(context, "default").stats().connections() == 0);
			assertDenied(context, "default");
			this.properties.remove(USERS);
			allowLists.refresh();
			assertAllowed(context, "default");
		});
	}

	/** A handler of all listeners. */
	static class Handlers {

		@UdsHandler("echo")
		String echo(String text) {
			return text;
		}

		@UdsHandler(value = "echo", listener = { "admin", "other", "orderEvents", "abstract" })
		String echoOfOthers(String text) {
			return text;
		}

	}

}
