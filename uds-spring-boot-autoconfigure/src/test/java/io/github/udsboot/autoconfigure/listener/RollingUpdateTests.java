package io.github.udsboot.autoconfigure.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * An application that starts while another one still serves its path, as a supervisor
 * starts it.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class RollingUpdateTests {

	@TempDir
	private Path directory;

	@Test
	void whenAnApplicationDrainsThenTheNextOneWaitsForIt(CapturedOutput output) throws Exception {
		CompletableFuture<ConfigurableApplicationContext> next = new CompletableFuture<>();
		// That of the first application is closed with it
		try (ConfigurableApplicationContext first = run("first");
				UdsTemplate caller = UdsTemplate.builder().path(path()).build()) {
			CompletableFuture<String> slow = caller.requestAsync("slow", null, String.class);
			Server server = first.getBean(Server.class);
			assertThat(server.entered.await(20, TimeUnit.SECONDS)).isTrue();
			new Thread(() -> complete(next, () -> run("next", "uds.socket.wait-for-release=60s"))).start();
			awaitWaiting(output);
			Thread stopper = new Thread(first::close);
			stopper.start();
			Awaitility.await().until(() -> !Path.of(path()).toFile().exists());
			assertThat(next).as("the first one has to answer yet").isNotDone();
			server.release.countDown();
			assertThat(slow).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("first");
			stopper.join();
		}
		try (ConfigurableApplicationContext second = next.get(60, TimeUnit.SECONDS)) {
			assertThat(second.getBean(UdsTemplate.class).request("name", null, String.class)).isEqualTo("next");
		}
	}

	@Test
	void whenTheContextIsClosedWhileItWaitsThenTheStartEnds(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext first = run("first")) {
			AtomicReference<ConfigurableApplicationContext> waiting = new AtomicReference<>();
			FutureTask<Void> start = new FutureTask<>(() -> assertThatException()
				.isThrownBy(() -> builder("next").initializers(waiting::set)
					.run(arguments("uds.socket.wait-for-release=1d"))
					.close())
				.withStackTraceContaining("was stopped while it waited"), null);
			new Thread(start).start();
			awaitWaiting(output);
			FutureTask<Void> close = new FutureTask<>(() -> waiting.get().close(), null);
			new Thread(close).start();
			close.get(20, TimeUnit.SECONDS);
			start.get(20, TimeUnit.SECONDS);
			assertThat(first.getBean(UdsTemplate.class).request("name", null, String.class)).isEqualTo("first");
		}
	}

	private static void awaitWaiting(CapturedOutput output) {
		Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> output.toString().contains("waiting up to"));
	}

	private static <T> void complete(CompletableFuture<T> future, Supplier<T> supplier) {
		try {
			future.complete(supplier.get());
		}
		catch (RuntimeException ex) {
			future.completeExceptionally(ex);
		}
	}

	private ConfigurableApplicationContext run(String name, String... properties) {
		return builder(name).run(arguments(properties));
	}

	private static SpringApplicationBuilder builder(String name) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("name=" + name, "spring.main.banner-mode=off");
	}

	private String[] arguments(String... properties) {
		String[] arguments = new String[properties.length + 1];
		for (int i = 0; i < properties.length; i++) {
			arguments[i] = "--" + properties[i];
		}
		arguments[properties.length] = "--uds.socket.path=" + path();
		return arguments;
	}

	private String path() {
		return this.directory.resolve("server.sock").toString();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Server server(Environment environment) {
			return new Server(environment.getRequiredProperty("name"));
		}

	}

	static class Server {

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch release = new CountDownLatch(1);

		private final String name;

		Server(String name) {
			this.name = name;
		}

		@UdsHandler("name")
		String name() {
			return this.name;
		}

		@UdsHandler("slow")
		String slow() throws InterruptedException {
			this.entered.countDown();
			this.release.await();
			return this.name;
		}

	}

}
