package io.github.udsboot.handler.method;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import reactor.core.publisher.Mono;

import io.github.udsboot.UdsDeadline;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsOperations.RequestSpec;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.listener.UdsListenerContainer;
import io.github.udsboot.listener.UdsListenerOptions;
import io.github.udsboot.observation.CallRecorder;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a handler method notices when nobody waits for its answer any more, and what the
 * calls do that it has made. Two listeners: the front one calls the back one.
 */
@Timeout(60)
class CancelledHandlerTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	@TempDir
	private Path directory;

	private final Back back = new Back();

	private Front front;

	private UdsListenerContainer backContainer;

	private UdsListenerContainer frontContainer;

	private UdsTemplate toBack;

	private UdsTemplate toFront;

	@BeforeEach
	void start() {
		this.backContainer = start("back", Back.class, this.back);
		this.toBack = UdsTemplate.builder().path(this.directory.resolve("back").toString()).build();
		this.front = new Front(this.toBack);
		this.frontContainer = start("front", Front.class, this.front);
		this.toFront = UdsTemplate.builder().path(this.directory.resolve("front").toString()).build();
	}

	private UdsListenerContainer start(String name, Class<?> type, Object bean) {
		HandlerRegistry registry = new HandlerRegistry();
		for (Method method : type.getDeclaredMethods()) {
			if (!method.isSynthetic() && !method.isAnnotationPresent(MessageExceptionHandler.class)) {
				registry.register(new UdsHandlerEndpoint(Set.of(name), method.getName(), () -> bean, type, method,
						Execution.AUTO));
			}
		}
		UdsListenerContainer container = new UdsListenerContainer(
				new UdsListenerOptions(name, UdsAddress.of(this.directory.resolve(name))), registry.routerFor(name),
				CallRecorder.NONE, null);
		container.start();
		return container;
	}

	@AfterEach
	void stop() {
		this.toFront.close();
		this.frontContainer.stop();
		this.toBack.close();
		this.backContainer.stop();
	}

	@Test
	void aCancelledFutureStopsTheWholeChain() {
		CompletableFuture<String> future = this.toFront.requestAsync("blocking", null, String.class);
		awaitOpened(this.back.began);
		future.cancel(true);
		awaitOpened(this.back.interrupted);
		awaitNothingInFlight();
		assertThat(this.front.exceptionHandlerCalls).hasValue(0);
		assertThat(this.toFront.request("echo", "still here", String.class)).isEqualTo("still here");
		assertThat(this.toBack.request("echo", "still here", String.class)).isEqualTo("still here");
	}

	@ParameterizedTest
	@ValueSource(strings = { "blocking", "future", "mono" })
	void aDeadlineStopsTheWholeChain(String route) {
		Duration timeout = Duration.ofMillis(100);
		do {
			// on a slow machine a call may not get there in time
			timeout = timeout.multipliedBy(2);
			RequestSpec call = this.toFront.route(route).timeout(timeout);
			assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(() -> call.retrieve(String.class));
		}
		while (this.back.began.getCount() > 0 && timeout.compareTo(BOUND) < 0);
		awaitOpened(this.back.interrupted);
		awaitNothingInFlight();
		assertThat(this.front.exceptionHandlerCalls).hasValue(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "future", "mono" })
	void whatAHandlerMethodReturnsIsCancelledWithItsRequest(String route) {
		CompletableFuture<String> future = this.toFront.requestAsync(route, null, String.class);
		awaitOpened(this.back.began);
		future.cancel(true);
		awaitOpened(this.back.interrupted);
		awaitNothingInFlight();
	}

	@Test
	void aNestedCallHasTheTimeThatIsLeft() {
		List<?> seconds = this.toFront.route("nested").timeout(Duration.ofSeconds(10)).retrieve(List.class);
		assertThat(seconds).hasSize(2).allSatisfy((left) -> assertThat(((Number) left).longValue()).isBetween(1L, 10L));
		assertThat(UdsDeadline.current()).isNull();
	}

	@Test
	void aClientThatIsClosedStopsItsHandlers() throws Exception {
		CompletableFuture<String> future = this.toFront.requestAsync("blocking", null, String.class);
		awaitOpened(this.back.began);
		this.toFront.close();
		awaitOpened(this.back.interrupted);
		awaitNothingInFlight();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> future.get(20, TimeUnit.SECONDS));
	}

	private void awaitNothingInFlight() {
		Awaitility.await()
			.atMost(BOUND)
			.until(() -> this.frontContainer.stats().requestsInFlight() == 0
					&& this.backContainer.stats().requestsInFlight() == 0);
	}

	private static void awaitOpened(CountDownLatch latch) {
		Awaitility.await().atMost(BOUND).until(() -> latch.getCount() == 0);
	}

	static class Front {

		private final UdsTemplate toBack;

		private final AtomicInteger exceptionHandlerCalls = new AtomicInteger();

		Front(UdsTemplate toBack) {
			this.toBack = toBack;
		}

		String blocking() {
			return this.toBack.request("stuck", null, String.class);
		}

		CompletableFuture<String> future() {
			return this.toBack.requestAsync("stuck", null, String.class);
		}

		Mono<String> mono() {
			return Mono.fromFuture(() -> this.toBack.requestAsync("stuck", null, String.class));
		}

		List<Long> nested() {
			UdsDeadline deadline = UdsDeadline.current();
			long own = (deadline != null) ? deadline.remaining().toSeconds() + 1 : -1;
			return List.of(own, this.toBack.request("secondsLeft", null, Long.class));
		}

		String echo(String payload) {
			return payload;
		}

		@MessageExceptionHandler
		String failed(Exception ex) {
			this.exceptionHandlerCalls.incrementAndGet();
			return "handled " + ex;
		}

	}

	static class Back {

		private final CountDownLatch began = new CountDownLatch(1);

		private final CountDownLatch interrupted = new CountDownLatch(1);

		String stuck() throws InterruptedException {
			this.began.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				this.interrupted.countDown();
				throw ex;
			}
			return "never";
		}

		long secondsLeft() {
			UdsDeadline deadline = UdsDeadline.current();
			return (deadline != null) ? deadline.remaining().toSeconds() + 1 : -1;
		}

		String echo(String payload) {
			return payload;
		}

	}

}
