package io.github.udsboot.autoconfigure.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsSession;
import io.github.udsboot.UdsSessionClosedException;
import io.github.udsboot.annotation.UdsHandler;
import io.github.udsboot.autoconfigure.UdsAutoConfiguration;
import io.github.udsboot.autoconfigure.client.UdsClientAutoConfiguration;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.listener.UdsListenerStats.State;

import static org.assertj.core.api.Assertions.assertThat;

class GracefulShutdownTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/** The phase in which Boot's web servers shut down gracefully. */
	private static final int WEB_SERVERS_DRAIN = SmartLifecycle.DEFAULT_PHASE - 1024;

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
	void whenThereIsAListenerThenItDrainsBetweenTheDrainAndTheStopOfWebServers() {
		run("30s", (context) -> {
			ListenerGracefulShutdownLifecycle lifecycle = context.getBean(ListenerGracefulShutdownLifecycle.class);
			assertThat(lifecycle.getPhase()).isLessThan(WEB_SERVERS_DRAIN)
				.isGreaterThan(context.getBean(UdsListenerContainer.class).getPhase());
			assertThat(lifecycle.isRunning()).isTrue();
		});
	}

	@Test
	void whenAWebRequestIsUnderWayThenItCanStillCallThroughTheSocket() {
		UdsTemplateHolder holder = new UdsTemplateHolder();
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class, UdsClientAutoConfiguration.class))
			.withBean(EchoHandler.class)
			.withBean(DrainingWebServer.class, () -> new DrainingWebServer(holder))
			.withPropertyValues("uds.socket.path=" + socket())
			.run((context) -> holder.template = context.getBean(UdsTemplate.class));
		assertThat(holder.answer).isEqualTo("from a web request");
	}

	@Test
	void whenThereAreTwoListenersThenTheyDrainAtTheSameTime() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class))
			.withBean(NamedSlowHandler.class)
			.withBean(EchoHandler.class)
			.withPropertyValues("uds.listeners.slow.path=" + socket(),
					"uds.socket.path=" + this.directory.resolve("other.sock"))
			.run((context) -> {
				SlowHandler handler = context.getBean(SlowHandler.class);
				UdsListenerContainer other = context.getBean("udsListenerContainer", UdsListenerContainer.class);
				try (UdsTemplate client = client()) {
					CompletableFuture<String> answer = client.requestAsync("slow", "a", String.class);
					handler.entered();
					CountDownLatch drained = new CountDownLatch(1);
					context.getBean(ListenerGracefulShutdownLifecycle.class).stop(drained::countDown);
					assertThat(other.drain()).succeedsWithin(PATIENCE);
					assertThat(drained.getCount()).isEqualTo(1);
					handler.leave.countDown();
					assertThat(answer).succeedsWithin(PATIENCE);
					assertThat(drained.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
				}
			});
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "-, -, 40s", "graceful, -, 40s", "immediate, -, 0s", "IMMEDIATE, -, 0s",
			"-, 8s, 8s", "immediate, 8s, 8s", "graceful, 0s, 0s", "-, 2m, 40s" })
	void whenKeysSayHowLongToWaitThenTheOwnOneGoesFirstAndThePhaseIsTheLimit(@Nullable String shutdown,
			@Nullable String timeout, String expected) {
		List<String> values = new ArrayList<>(List.of("uds.socket.path=" + socket(), "uds.listener.auto-startup=false",
				"spring.lifecycle.timeout-per-shutdown-phase=40s"));
		if (shutdown != null) {
			values.add("server.shutdown=" + shutdown);
		}
		if (timeout != null) {
			values.add("uds.listener.drain.timeout=" + timeout);
		}
		withSlowHandler(values).run((context) -> {
			UdsListenerOptions options = context.getBean(UdsListenerContainer.class).getOptions();
			assertThat(options.getDrainTimeout()).isEqualTo(DurationStyle.detectAndParse(expected));
			assertThat(options.getDrainStreamTimeout()).isEqualTo(Duration.ofSeconds(5));
		});
	}

	@Test
	void whenNamedListenersHaveTimesThenTheyAreTheirOwn() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class))
			.withBean(NamedSlowHandler.class)
			.withPropertyValues("uds.listeners.slow.path=" + socket(), "uds.listeners.slow.drain.timeout=3s",
					"uds.listeners.slow.drain.stream-timeout=0")
			.run((context) -> {
				UdsListenerOptions options = context.getBean(UdsListenerContainer.class).getOptions();
				assertThat(options.getDrainTimeout()).isEqualTo(Duration.ofSeconds(3));
				assertThat(options.getDrainStreamTimeout()).isEqualTo(Duration.ZERO);
			});
	}

	@Test
	void whenATimeIsNegativeThenTheStartSaysSo() {
		withSlowHandler(List.of("uds.socket.path=" + socket(), "uds.listener.drain.stream-timeout=-1s"))
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName()).isEqualTo("uds.listener.drain.stream-timeout")));
	}

	@Test
	void whenServersShutDownImmediatelyThenACallIsAnsweredAtOnce() {
		withSlowHandler(List.of("uds.socket.path=" + socket(), "server.shutdown=immediate")).run((context) -> {
			SlowHandler handler = context.getBean(SlowHandler.class);
			try (UdsTemplate client = client()) {
				CompletableFuture<String> answer = client.requestAsync("slow", "a", String.class);
				handler.entered();
				long begin = System.nanoTime();
				context.getSourceApplicationContext().close();
				assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
				assertThat(answer).failsWithin(PATIENCE)
					.withThrowableThat()
					.havingCause()
					.isInstanceOfSatisfying(UdsRemoteException.class,
							(ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNAVAILABLE));
			}
		});
	}

	@Test
	void whenAPublisherIsCompletedAtTheEndOfTheContextThenNobodyWaits() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class))
			.withBean(TickHandler.class)
			.withPropertyValues("uds.socket.path=" + socket(), "uds.listener.drain.stream-timeout=25s")
			.run((context) -> {
				try (UdsTemplate client = client();
						Stream<Integer> ticks = client.stream("ticks", null, Integer.class)) {
					Iterator<Integer> iterator = ticks.iterator();
					TickHandler handler = context.getBean(TickHandler.class);
					assertThat(handler.subscribed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
					handler.ticks.submit(1);
					assertThat(iterator.next()).isEqualTo(1);
					long begin = System.nanoTime();
					context.getSourceApplicationContext().close();
					assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
					assertThat(iterator.hasNext()).as("complete").isFalse();
				}
			});
	}

	@Test
	void whenAClientStopsThenItsStreamsAndSessionsEndAtOnce() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class))
			.withBean(TickHandler.class)
			.withBean(LineHandler.class)
			.withPropertyValues("uds.socket.path=" + socket(), "uds.listeners.lines.protocol=line",
					"uds.listeners.lines.path=" + this.directory.resolve("lines.sock"))
			.run((server) -> new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(UdsAutoConfiguration.class, UdsClientAutoConfiguration.class))
				.withPropertyValues("uds.client.path=" + socket(), "uds.clients.lines.protocol=line",
						"uds.clients.lines.path=" + this.directory.resolve("lines.sock"))
				.run((context) -> {
					Stream<Integer> ticks = context.getBean("udsTemplate", UdsTemplate.class)
						.stream("ticks", null, Integer.class);
					UdsSession session = context.getBean("linesUdsTemplate", UdsTemplate.class).open();
					CompletableFuture<Boolean> taking = CompletableFuture.supplyAsync(() -> ticks.iterator().hasNext());
					CompletableFuture<String> receiving = CompletableFuture
						.supplyAsync(() -> session.receive(String.class, Duration.ofMinutes(1)));
					assertThat(
							server.getBean(TickHandler.class).subscribed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
						.isTrue();
					long begin = System.nanoTime();
					context.getSourceApplicationContext().close();
					assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
					assertThat(taking).failsWithin(PATIENCE)
						.withThrowableThat()
						.havingCause()
						.isInstanceOf(UdsConnectionLostException.class)
						.withMessageContaining("The client was closed");
					assertThat(receiving).failsWithin(PATIENCE)
						.withThrowableThat()
						.havingCause()
						.isInstanceOf(UdsSessionClosedException.class);
				}));
	}

	@Test
	void whenThePhaseOfWebServersIsOverThenANamedListenerDrains() {
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

	private ApplicationContextRunner withSlowHandler(List<String> values) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, UdsAutoConfiguration.class,
					UdsListenerAutoConfiguration.class))
			.withBean(SlowHandler.class)
			.withPropertyValues(values.toArray(String[]::new));
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

	static class EchoHandler {

		@UdsHandler("echo")
		String echo(String text) {
			return text;
		}

	}

	static class LineHandler {

		@UdsHandler(listener = "lines")
		String echo(String line) {
			return line;
		}

	}

	static class TickHandler {

		private final SubmissionPublisher<Integer> ticks = new SubmissionPublisher<>();

		private final CountDownLatch subscribed = new CountDownLatch(1);

		@UdsHandler("ticks")
		Flow.Publisher<Integer> ticks() {
			return (subscriber) -> {
				this.ticks.subscribe(subscriber);
				this.subscribed.countDown();
			};
		}

		@EventListener(ContextClosedEvent.class)
		void contextClosed() {
			this.ticks.close();
		}

	}

	static class UdsTemplateHolder {

		private @Nullable UdsTemplate template;

		private @Nullable String answer;

	}

	/** Waits for a request that calls through the socket, as a web server does. */
	static class DrainingWebServer implements SmartLifecycle {

		private final UdsTemplateHolder holder;

		private volatile boolean running;

		DrainingWebServer(UdsTemplateHolder holder) {
			this.holder = holder;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			UdsTemplate template = this.holder.template;
			if (template != null) {
				this.holder.answer = template.request("echo", "from a web request", String.class);
			}
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return WEB_SERVERS_DRAIN;
		}

	}

}
