package io.github.udsboot.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsDeadline;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class ExecutionTests {

	private final TestListener listener = new TestListener().options((options) -> options.setEventLoops(1));

	private final ExecutorService application = Executors.newFixedThreadPool(4,
			(task) -> new Thread(task, "application"));

	@AfterEach
	void stop() {
		this.listener.close();
		this.application.shutdownNow();
	}

	@Test
	void inlineHandlersRunOnTheThreadThatReads() {
		handleThread("one", Execution.INLINE).handleThread("two", Execution.AUTO);
		this.listener.start();
		try (RawClient client = client()) {
			String thread = text(client.call("one", ""));
			assertThat(thread).startsWith("uds-test-");
			assertThat(text(client.call("two", ""))).isEqualTo(thread);
		}
	}

	@Test
	void poolHandlersRunOnTheApplicationsExecutor() {
		handleThread("pool", Execution.POOL);
		this.listener.executor(this.application).start();
		try (RawClient client = client()) {
			assertThat(text(client.call("pool", ""))).isEqualTo("application");
		}
	}

	@Test
	void poolHandlersRunOnThreadsOfTheListenerWithoutAnExecutor() {
		handleThread("pool", Execution.POOL).handleThread("inline", Execution.INLINE);
		this.listener.start();
		try (RawClient client = client()) {
			assertThat(text(client.call("pool", ""))).startsWith("uds-test-")
				.isNotEqualTo(text(client.call("inline", "")));
		}
	}

	@Test
	void theListenersExecutionHoldsForHandlersThatDoNotSayOtherwise() {
		handleThread("auto", Execution.AUTO).handleThread("inline", Execution.INLINE);
		this.listener.options((options) -> options.setExecution(Execution.POOL)).executor(this.application).start();
		try (RawClient client = client()) {
			assertThat(text(client.call("auto", ""))).isEqualTo("application");
			assertThat(text(client.call("inline", ""))).startsWith("uds-test-");
		}
	}

	@Test
	void poolHandlersTakeNoMoreThreadsThanTheBound() {
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger running = new AtomicInteger();
		this.listener.handle("hold", Execution.POOL, (request, callback) -> {
			running.incrementAndGet();
			release.await();
			callback.reply(UdsReply.ok(request.payload()));
		});
		AtomicInteger started = new AtomicInteger();
		this.listener.options((options) -> options.setMaxHandlerThreads(2)).executor((task) -> {
			started.incrementAndGet();
			this.application.execute(task);
		}).start();
		try (RawClient client = client(); RawClient other = client()) {
			for (int i = 0; i < 3; i++) {
				client.send("hold", "");
				other.send("hold", "");
			}
			Eventually.await("all are accepted", () -> this.listener.container().stats().requestsInFlight() == 6);
			Eventually.await("two run", () -> running.get() == 2);
			assertThat(started).hasValue(2);
			release.countDown();
			for (int i = 0; i < 3; i++) {
				assertThat(client.receive().status()).isEqualTo(Status.OK);
				assertThat(other.receive().status()).isEqualTo(Status.OK);
			}
		}
	}

	/** As a {@code TaskDecorator} has it that captures a context. */
	@Test
	void everyCallIsATaskOfItsOwnForTheApplicationsExecutorAndBringsNoContextOfAnother() {
		ThreadLocal<String> context = new ThreadLocal<>();
		Queue<String> captured = new ConcurrentLinkedQueue<>();
		CountDownLatch release = new CountDownLatch(1);
		this.listener.handle("hold", Execution.POOL, (request, callback) -> {
			release.await();
			callback.reply(UdsReply.ok(request.payload()));
		});
		this.listener.options((options) -> options.setMaxHandlerThreads(2)).executor((task) -> {
			captured.add("context: " + context.get());
			this.application.execute(() -> {
				context.set("of another call");
				try {
					task.run();
				}
				finally {
					context.remove();
				}
			});
		}).start();
		try (RawClient client = client()) {
			for (int i = 0; i < 20; i++) {
				client.send("hold", "");
			}
			Eventually.await("all are accepted", () -> this.listener.container().stats().requestsInFlight() == 20);
			release.countDown();
			for (int i = 0; i < 20; i++) {
				assertThat(client.receive().status()).isEqualTo(Status.OK);
			}
		}
		assertThat(captured).hasSize(20).containsOnly("context: null");
	}

	@Test
	void anExecutorThatRunsCallsOnItsCallerHoldsUpNobodyElse() {
		CountDownLatch release = new CountDownLatch(1);
		this.listener.handle("hold", Execution.POOL, (request, callback) -> {
			release.await();
			callback.reply(UdsReply.ok(request.payload()));
		});
		this.listener.executor(Runnable::run).start();
		try (RawClient client = client(); RawClient other = client()) {
			client.send("hold", "");
			Eventually.await("it is accepted", () -> this.listener.container().stats().requestsInFlight() == 1);
			assertThat(text(other.call("echo", "alive"))).isEqualTo("alive");
			assertThat(text(client.call("echo", "alive"))).isEqualTo("alive");
			release.countDown();
			assertThat(client.receive().status()).isEqualTo(Status.OK);
		}
	}

	@Test
	void whatHadToWaitRunsThoughTheApplicationsExecutorTakesItNoMore() {
		CountDownLatch release = new CountDownLatch(1);
		this.listener.handle("hold", Execution.POOL, (request, callback) -> {
			release.await();
			callback.reply(UdsReply.ok(request.payload()));
		});
		AtomicInteger given = new AtomicInteger();
		this.listener.options((options) -> options.setMaxHandlerThreads(1)).executor((task) -> {
			if (given.incrementAndGet() > 1) {
				throw new RejectedExecutionException("expected by the test");
			}
			this.application.execute(task);
		}).start();
		try (RawClient client = client()) {
			for (int i = 0; i < 5; i++) {
				client.send("hold", "");
			}
			Eventually.await("all are accepted", () -> this.listener.container().stats().requestsInFlight() == 5);
			release.countDown();
			for (int i = 0; i < 5; i++) {
				assertThat(client.receive().status()).isEqualTo(Status.OK);
			}
		}
	}

	@Test
	void aRequestThatNoThreadTakesIsRefusedAsNotDispatchedAndCountedOut() {
		List<String> ran = new ArrayList<>();
		this.listener.handle("pool", Execution.POOL, (request, callback) -> ran.add("pool"));
		this.listener.executor((task) -> {
			throw new RejectedExecutionException("expected by the test");
		}).start();
		try (RawClient client = client()) {
			ResponseFrame response = client.call("pool", "");
			assertThat(response.status()).isEqualTo(Status.UNAVAILABLE);
			assertThat(response.undispatched()).isTrue();
			assertThat(this.listener.container().stats().requestsInFlight()).isZero();
			assertThat(text(client.call("echo", "alive"))).isEqualTo("alive");
		}
		assertThat(ran).isEmpty();
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualHandlersRunOnVirtualThreads() {
		this.listener.handle("virtual", Execution.VIRTUAL,
				(request, callback) -> callback.reply(UdsReply.ok(Thread.currentThread().toString().getBytes())));
		this.listener.start();
		try (RawClient client = client()) {
			assertThat(text(client.call("virtual", ""))).startsWith("VirtualThread").contains("uds-handler-");
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void thousandsOfVirtualHandlersMayWaitAtOnce() {
		CountDownLatch release = new CountDownLatch(1);
		this.listener.handle("virtual", Execution.VIRTUAL, (request, callback) -> {
			release.await();
			callback.reply(UdsReply.ok(request.payload()));
		});
		this.listener.options((options) -> {
			options.setMaxInFlightPerConnection(2000);
			options.setMaxHandlerThreads(1);
		}).start();
		try (RawClient client = client()) {
			for (int i = 0; i < 2000; i++) {
				client.send("virtual", "" + i);
			}
			Eventually.await("all are accepted", () -> this.listener.container().stats().requestsInFlight() == 2000);
			release.countDown();
			for (int i = 0; i < 2000; i++) {
				ResponseFrame response = client.receive();
				assertThat(text(response)).isEqualTo("" + (response.streamId() - 1) / 2);
			}
		}
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void aVirtualListenerDoesNotStartWithoutVirtualThreads() {
		this.listener.options((options) -> options.setExecution(Execution.VIRTUAL));
		assertThatExceptionOfType(UdsListenerStartException.class).isThrownBy(this.listener::start)
			.withMessageContaining("virtual")
			.withMessageContaining("Java 21");
		assertThat(this.listener.path()).doesNotExist();
		this.listener.options((options) -> options.setExecution(Execution.INLINE)).start();
		try (RawClient client = client()) {
			assertThat(text(client.call("echo", "now"))).isEqualTo("now");
		}
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void aListenerWithAVirtualHandlerDoesNotStartWithoutVirtualThreads() {
		handleThread("virtual", Execution.VIRTUAL);
		assertThatExceptionOfType(UdsListenerStartException.class).isThrownBy(this.listener::start)
			.withMessageContaining("Java 21");
	}

	@ParameterizedTest
	@EnumSource(value = Execution.class, names = { "INLINE", "POOL" })
	void anInterruptLeftByAHandlerDoesNotReachTheNextOnItsThread(Execution execution) {
		ExecutorService single = Executors.newSingleThreadExecutor();
		try {
			this.listener.handle("interrupt", execution, (request, callback) -> {
				Thread.currentThread().interrupt();
				callback.reply(UdsReply.ok(request.payload()));
			});
			this.listener.handle("look", execution, (request, callback) -> callback
				.reply(UdsReply.ok(("" + Thread.currentThread().isInterrupted()).getBytes())));
			this.listener.executor(single).start();
			try (RawClient client = client()) {
				// in one read, so that the loop does nothing in between
				client.write(RawClient.join(RawClient.request(1, "interrupt", new byte[0]),
						RawClient.request(3, "look", new byte[0])));
				client.receiveAnswerTo(1);
				assertThat(text(client.receiveAnswerTo(3))).isEqualTo("false");
			}
		}
		finally {
			single.shutdownNow();
		}
	}

	@Test
	void aCallHasItsOwnDeadlineOrNoneWhateverContextTheExecutorGivesIt() {
		this.listener.handle("deadline", Execution.POOL, (request, callback) -> callback
			.reply(UdsReply.ok(((UdsDeadline.current() != null) ? "one" : "none").getBytes())));
		UdsDeadline foreign = UdsDeadline.after(Duration.ZERO);
		List<String> left = new CopyOnWriteArrayList<>();
		this.listener.executor((task) -> this.application.execute(() -> {
			UdsDeadline.setCurrent(foreign);
			task.run();
			left.add((UdsDeadline.current() == foreign) ? "as it was" : "changed");
			UdsDeadline.setCurrent(null);
		})).start();
		try (RawClient client = client()) {
			assertThat(text(client.call("deadline", ""))).isEqualTo("none");
			client.write(RawClient.request(101, "deadline", new byte[0], Duration.ofMinutes(1)));
			assertThat(text(client.receiveAnswerTo(101))).isEqualTo("one");
		}
		Eventually.await("both have ended", () -> left.size() == 2);
		assertThat(left).containsOnly("as it was");
	}

	private ExecutionTests handleThread(String route, Execution execution) {
		this.listener.handle(route, execution,
				(request, callback) -> callback.reply(UdsReply.ok(Thread.currentThread().getName().getBytes())));
		return this;
	}

	private RawClient client() {
		return RawClient.connect(this.listener.path());
	}

	private static String text(ResponseFrame response) {
		assertThat(response.status()).isEqualTo(Status.OK);
		return new String(response.payload());
	}

}
