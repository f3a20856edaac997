package io.github.udsboot.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.SmartLifecycle;

import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerStats.State;

import static org.assertj.core.api.Assertions.assertThat;

class GracefulShutdownTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@TempDir
	private Path directory;

	@Test
	void whenTheContextIsClosedThenACallInFlightIsAnswered() {
		assertAnswered("uds.socket.path", SlowHandler.class);
	}

	@Test
	void whenTheContextIsClosedThenACallInFlightOfANamedListenerIsAnswered() {
		assertAnswered("uds.listeners.slow.path", NamedSlowHandler.class);
	}

	private void assertAnswered(String property, Class<? extends SlowHandler> handlerType) {
		run(property, handlerType, "30s", (context) -> {
			SlowHandler handler = context.getBean(SlowHandler.class);
			try (UdsTemplate client = client()) {
				CompletableFuture<String> answer = client.requestAsync("slow", "a", String.class);
				handler.entered();
				UdsListenerContainer container = context.getBean(UdsListenerContainer.class);
				CompletableFuture<Void> closed = CompletableFuture
					.runAsync(context.getSourceApplicationContext()::close);
				Awaitility.await()
					.atMost(PATIENCE)
					.untilAsserted(() -> assertThat(container.stats().state()).isEqualTo(State.DRAINING));
				assertThat(socket()).doesNotExist();
				assertThat(closed).isNotDone();
				handler.leave.countDown();
				assertThat(answer).succeedsWithin(PATIENCE).isEqualTo("a");
				assertThat(closed).succeedsWithin(PATIENCE);
				assertThat(container.isRunning()).isFalse();
			}
		});
	}

	@Test
	void whenAHandlerDoesNotReturnThenClosingTakesOnePhaseOnly() {
		run("500ms", (context) -> {
			SlowHandler handler = context.getBean(SlowHandler.class);
			try (UdsTemplate client = client()) {
				CompletableFuture<String> answer = client.requestAsync("slow", "a", String.class);
				handler.entered();
				long begin = System.nanoTime();
				context.getSourceApplicationContext().close();
				assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(450))
					.isLessThan(Duration.ofSeconds(10));
				assertThat(answer).failsWithin(PATIENCE);
			}
			finally {
				handler.leave.countDown();
			}
		});
	}

	@Test
	void whenThereIsAListenerThenItDrainsWhenWebServersDo() {
		run("30s", (context) -> {
			ListenerGracefulShutdownLifecycle lifecycle = context.getBean(ListenerGracefulShutdownLifecycle.class);
			assertThat(lifecycle.getPhase()).isEqualTo(SmartLifecycle.DEFAULT_PHASE - 1024)
				.isGreaterThan(context.getBean(UdsListenerContainer.class).getPhase());
			assertThat(lifecycle.isRunning()).isTrue();
		});
	}

	@Test
	void whenWebServersDrainThenANamedListenerDoes() {
		run("uds.listeners.slow.path", NamedSlowHandler.class, "30s", (context) -> {
			SlowHandler handler = context.getBean(SlowHandler.class);
			UdsListenerContainer container = context.getBean(UdsListenerContainer.class);
			try (UdsTemplate client = client()) {
				CompletableFuture<String> answer = client.requestAsync("slow", "a", String.class);
				handler.entered();
				CountDownLatch drained = new CountDownLatch(1);
				context.getBean(ListenerGracefulShutdownLifecycle.class).stop(drained::countDown);
				assertThat(container.stats().state()).isEqualTo(State.DRAINING);
				assertThat(drained.getCount()).isEqualTo(1);
				handler.leave.countDown();
				assertThat(answer).succeedsWithin(PATIENCE).isEqualTo("a");
				assertThat(drained.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
			}
		});
	}

	private void run(String timeout, ContextConsumer<AssertableApplicationContext> consumer) {
		run("uds.socket.path", SlowHandler.class, timeout, consumer);
	}

	private void run(String property, Class<? extends SlowHandler> handlerType, String timeout,
			ContextConsumer<AssertableApplicationContext> consumer) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class))
			.withBean(handlerType)
			.withPropertyValues(property + "=" + socket(), "spring.lifecycle.timeout-per-shutdown-phase=" + timeout)
			.run(consumer);
	}

	private UdsTemplate client() {
		return UdsTemplate.builder().path(socket().toString()).build();
	}

	private Path socket() {
		return this.directory.resolve("test.sock");
	}

	static class SlowHandler {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch leave = new CountDownLatch(1);

		@UdsHandler("slow")
		String slow(String text) throws InterruptedException {
			return stay(text);
		}

		String stay(String text) throws InterruptedException {
			this.entered.countDown();
			this.leave.await();
			return text;
		}

		void entered() throws InterruptedException {
			assertThat(this.entered.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}

	}

	static class NamedSlowHandler extends SlowHandler {

		@Override
		@UdsHandler(value = "slow", listener = "slow")
		String slow(String text) throws InterruptedException {
			return stay(text);
		}

	}

}
