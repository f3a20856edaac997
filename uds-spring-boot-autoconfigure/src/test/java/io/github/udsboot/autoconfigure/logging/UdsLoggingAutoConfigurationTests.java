package io.github.udsboot.autoconfigure.logging;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.autoconfigure.listener.UdsListenerAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.interceptor.PeerContextFactory;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The caller in SLF4J's MDC.
 */
@Timeout(60)
class UdsLoggingAutoConfigurationTests {

	private static final String USER = System.getProperty("user.name");

	@TempDir
	private Path directory;

	private ApplicationContextRunner contextRunner;

	@BeforeEach
	void createRunner() {
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
							UdsAutoConfiguration.class, UdsListenerAutoConfiguration.class,
							UdsClientAutoConfiguration.class, UdsLoggingAutoConfiguration.class))
			.withBean(Handlers.class)
			.withPropertyValues("uds.socket.path=" + this.directory.resolve("mdc.sock"));
	}

	@ParameterizedTest
	@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
	void whenItIsEnabledThenCodeOfTheApplicationLogsItsCaller(TransportType transport) {
		boolean numbers = transport == TransportType.JUNIXSOCKET;
		this.contextRunner.withPropertyValues("uds.mdc.enabled=true", "uds.socket.transport=" + transport)
			.run((context) -> {
				UdsTemplate client = context.getBean(UdsTemplate.class);
				String expected = "default " + USER + " "
						+ (numbers ? uid() + " " + ProcessHandle.current().pid() : "null null");
				for (String route : new String[] { "inline", "pool", "future", "failing" }) {
					assertThat(client.request(route, null, String.class)).as(route).isEqualTo(expected);
				}
				try (Stream<String> items = client.stream("items", null, String.class)) {
					assertThat(items).as("items").hasSize(100).containsOnly(expected);
				}
				assertThat(context.getBean(Handlers.class).outside()).as("on the thread of a future")
					.isEqualTo("null null null null");
			});
	}

	@Test
	void whatWasThereBeforeIsThereAgain() {
		MDC.put("uds.peer.user", "before");
		try {
			var scope = new MdcPeerContextFactory()
				.create("orders", new PeerCredentials(() -> "ada", () -> "analysts", 42L, 1000L, 1000L))
				.open();
			assertThat(MDC.getCopyOfContextMap()).containsAllEntriesOf(Map.of("uds.listener", "orders", "uds.peer.user",
					"ada", "uds.peer.uid", "1000", "uds.peer.pid", "42"));
			scope.close();
			assertThat(MDC.getCopyOfContextMap()).containsEntry("uds.peer.user", "before")
				.doesNotContainKeys("uds.listener", "uds.peer.uid", "uds.peer.pid");
		}
		finally {
			MDC.remove("uds.peer.user");
		}
	}

	@Test
	void byDefaultThereIsNothing() {
		this.contextRunner.run((context) -> {
			assertThat(context).doesNotHaveBean(PeerContextFactory.class);
			assertThat(context.getBean(UdsTemplate.class).request("inline", null, String.class))
				.isEqualTo("null null null null");
		});
	}

	@Test
	void withoutSlf4jThereIsNothing() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(UdsLoggingAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(MDC.class))
			.withPropertyValues("uds.mdc.enabled=true")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PeerContextFactory.class));
	}

	private static String uid() throws Exception {
		Process process = new ProcessBuilder("id", "-u").start();
		return process.inputReader().readLine();
	}

	static class Handlers {

		private volatile String outside;

		String outside() {
			return this.outside;
		}

		@UdsHandler(value = "inline", execution = Execution.INLINE)
		String inline() {
			return caller();
		}

		@UdsHandler(value = "pool", execution = Execution.POOL)
		String pool() {
			return caller();
		}

		@UdsHandler("future")
		CompletableFuture<String> future() {
			String caller = caller();
			return CompletableFuture.supplyAsync(() -> {
				this.outside = caller();
				return caller;
			}, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS));
		}

		@UdsHandler("failing")
		CompletableFuture<String> failing() {
			return CompletableFuture.supplyAsync(() -> {
				throw new IllegalStateException("expected by the test");
			}, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS));
		}

		@MessageExceptionHandler
		String failed(IllegalStateException ex) {
			return caller();
		}

		@UdsHandler("items")
		Stream<String> items() {
			return Stream.generate(Handlers::caller).limit(100);
		}

		private static String caller() {
			return MDC.get("uds.listener") + " " + MDC.get("uds.peer.user") + " " + MDC.get("uds.peer.uid") + " "
					+ MDC.get("uds.peer.pid");
		}

	}

}
