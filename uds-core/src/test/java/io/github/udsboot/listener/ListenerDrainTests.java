package io.github.udsboot.listener;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

import io.github.udsboot.Status;
import io.github.udsboot.UdsSession;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.GoAwayFrame;
import io.github.udsboot.protocol.HelloFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.LoggedLines;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.UdsAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long a listener waits for calls when it stops, what becomes of those that it does
 * not wait for, and what it says of that.
 */
@Timeout(120)
class ListenerDrainTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	@RegisterExtension
	private final LoggedLines log = new LoggedLines();

	private final TestListener listener = new TestListener();

	private final CountDownLatch release = new CountDownLatch(1);

	private final AtomicInteger held = new AtomicInteger();

	private final AtomicBoolean interrupted = new AtomicBoolean();

	ListenerDrainTests() {
		this.listener.options((options) -> options.setDrainTimeout(Duration.ofSeconds(60)));
		this.listener.handle("hold", Execution.POOL, (request, callback) -> {
			this.held.incrementAndGet();
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				this.interrupted.set(true);
			}
			callback.reply(UdsReply.ok(request.payload()));
		});
		this.listener.handle("stubborn", Execution.POOL, (request, callback) -> {
			this.held.incrementAndGet();
			boolean released = false;
			while (!released) {
				try {
					this.release.await();
					released = true;
				}
				catch (InterruptedException ex) {
					this.interrupted.set(true);
				}
			}
			callback.reply(UdsReply.ok(request.payload()));
		});
	}

	@AfterEach
	void stop() {
		this.release.countDown();
		this.listener.close();
	}

	private CompletableFuture<Void> stopping() {
		return CompletableFuture.runAsync(this.listener.container()::stop);
	}

	private RawClient client() {
		return RawClient.connect(this.listener.path());
	}

	@Test
	void aCallWhoseCallerNeverWaitedIsCutOffThoughItHasGone() throws Exception {
		this.listener.options((options) -> options.setDrainTimeout(Duration.ofMillis(200))).start();
		try (RawClient client = client()) {
			client.write(RawClient.bytes(new RequestFrame(1, "hold", new byte[0], 0, Map.of(), Kind.ONE_WAY)));
			Eventually.await("held", () -> this.held.get() == 1);
			// costs the connection at once, whatever it owes
			client.write(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 });
		}
		Eventually.await("the caller has gone", () -> this.listener.container().stats().connections() == 0);
		this.listener.container().drain().get(BOUND.toSeconds(), TimeUnit.SECONDS);
		assertThat(this.interrupted).isTrue();
		assertThat(this.listener.container().stats().requestsInFlight()).isZero();
	}

	/**
	 * The recorder of this test has the stream run when the call before it has been cut
	 * off, and the stream has not.
	 */
	@Test
	void aStreamThatGotNoThreadInTimeDoesNotBeginAndIsCutOffAsAStream() throws Exception {
		Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
		AtomicBoolean hold = new AtomicBoolean();
		this.listener.handle("async", Execution.POOL, (request, callback) -> {
			callback.onCancel(() -> {
			});
			hold.set(true);
		}).options((options) -> {
			options.setExecution(Execution.POOL);
			options.setDrainTimeout(Duration.ofMillis(200));
		}).executor((task) -> {
			if (hold.get()) {
				waiting.add(task);
			}
			else {
				task.run();
			}
		}).recorder((route, status, nanos) -> {
			if (route.equals("async")) {
				waiting.forEach(Runnable::run);
			}
		}).start();
		try (RawClient client = client()) {
			client.write(RawClient.request(1, "async", new byte[0]),
					RawClient.bytes(new RequestFrame(3, "hold", new byte[0], 0, Map.of(), Kind.STREAM)));
			Eventually.await("it waits", () -> waiting.size() == 1);
			this.listener.container().drain().get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
		assertThat(this.held).hasValue(0);
		assertThat(this.log.aboutStops()).anyMatch((line) -> line.contains("cut off: 1 call, 1 stream"));
	}

	/** On a machine that is too busy for the timers of a drain. */
	@Test
	void nothingBeginsAnyMoreOnceTheListenerCloses() {
		List<Boolean> ended = new ArrayList<>();
		ListenerDrain.UnderWay underWay = new ListenerDrain.UnderWay() {

			@Override
			public int calls() {
				return 10;
			}

			@Override
			public int streams() {
				return 0;
			}

			@Override
			public int sessions() {
				return 0;
			}

			@Override
			public Set<String> handlersAtWork() {
				return Set.of();
			}

			@Override
			public boolean isNothing() {
				return false;
			}

			@Override
			public void beginNoMore(boolean calls) {
				ended.add(calls);
			}

		};
		UdsListenerOptions options = new UdsListenerOptions("test", UdsAddress.of(this.listener.path()));
		new ListenerDrain(options, null, underWay).close();
		assertThat(ended).containsExactly(true);
	}

	@Test
	void aLoggerThatThrowsDoesNotKeepTheListenerFromStopping() throws Exception {
		this.listener.start();
		TurboFilter broken = new TurboFilter() {
			@Override
			public FilterReply decide(Marker marker, Logger logger, Level level, String format, Object[] params,
					Throwable failure) {
				if (logger.getName().equals(UdsListenerContainer.class.getName())) {
					throw new IllegalStateException("the disk is full");
				}
				return FilterReply.NEUTRAL;
			}
		};
		LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
		try (RawClient client = client()) {
			long id = client.send("hold", "answer me");
			Eventually.await("held", () -> this.held.get() == 1);
			loggers.addTurboFilter(broken);
			CompletableFuture<Void> stop = stopping();
			Eventually.await("withdrawn", () -> Files.notExists(this.listener.path()));
			this.release.countDown();
			assertThat(client.receiveAnswerTo(id).status()).isEqualTo(Status.OK);
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
		finally {
			loggers.getTurboFilterList().remove(broken);
		}
		assertThat(this.listener.container().isRunning()).isFalse();
	}

	@Test
	void aStopWithSomethingUnderWayIsToldWhenItBeginsAndWhenItEnds() throws Exception {
		this.listener.start();
		try (RawClient client = client()) {
			client.send("hold", "answer me");
			Eventually.await("held", () -> this.held.get() == 1);
			CompletableFuture<Void> stop = stopping();
			Eventually.await("told", () -> !this.log.aboutStops().isEmpty());
			assertThat(this.log.aboutStops()).containsExactly(
					"INFO Listener 'test' drains with 1 call under way: 60.0 s for calls, 5.0 s for streams and sessions");
			this.release.countDown();
			assertThat(client.receive().status()).isEqualTo(Status.OK);
			stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		}
		assertThat(this.log.aboutStops()).hasSize(2)
			.last()
			.asString()
			.matches("INFO Listener 'test' has drained in \\d+\\.\\d s \\(GRACEFUL\\)");
	}

	@Test
	void aStopWithNothingUnderWayHasOneLine() {
		this.listener.start();
		try (RawClient client = client()) {
			client.call("echo", "");
			this.listener.container().stop();
		}
		assertThat(this.log.aboutStops()).containsExactly("INFO Listener 'test' has stopped");
	}

	@Test
	void callsWhoseTimeIsOverAreAnsweredAndToldWhetherTheyWereExecuted() {
		this.listener.options((options) -> {
			options.setDrainTimeout(Duration.ofMillis(200));
			options.setMaxHandlerThreads(1);
		}).start();
		try (RawClient client = client()) {
			long entered = client.send("hold", "");
			Eventually.await("held", () -> this.held.get() == 1);
			long waiting = client.send("hold", "");
			Eventually.await("waits", () -> this.listener.container().stats().requestsInFlight() == 2);
			this.listener.container().stop();
			Map<Long, ResponseFrame> answers = new HashMap<>();
			for (int i = 0; i < 2; i++) {
				ResponseFrame answer = client.receive();
				answers.put(answer.streamId(), answer);
			}
			assertThat(answers.values()).allSatisfy((answer) -> {
				assertThat(answer.status()).isEqualTo(Status.UNAVAILABLE);
				assertThat(answer.message()).isEqualTo("The server stops");
			});
			assertThat(answers.get(entered).undispatched()).isFalse();
			assertThat(answers.get(waiting).undispatched()).isTrue();
			assertThat(client.isAtEnd()).isTrue();
		}
		assertThat(this.interrupted).isTrue();
		assertThat(this.held).hasValue(1);
		assertThat(this.log.aboutStops()).hasSize(2)
			.last()
			.asString()
			.matches("WARN Listener 'test' has drained in \\d+\\.\\d s \\(FORCED\\); cut off: 2 calls");
	}

	@Test
	void aHandlerThatMindsNoInterruptDoesNotHoldUpTheStopAndIsNamed() {
		this.listener.options((options) -> options.setDrainTimeout(Duration.ofMillis(200))).start();
		try (RawClient client = client()) {
			client.send("stubborn", "");
			Eventually.await("held", () -> this.held.get() == 1);
			long begun = System.nanoTime();
			this.listener.container().stop();
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(BOUND);
			assertThat(client.receive().status()).isEqualTo(Status.UNAVAILABLE);
			assertThat(client.isAtEnd()).isTrue();
		}
		assertThat(this.interrupted).isTrue();
		assertThat(this.log.aboutStops()).hasSize(2)
			.last()
			.asString()
			.endsWith(
					"(FORCED); cut off: 1 call; not ended: 1 call, whose handlers do not mind the interrupt: stubborn");
	}

	@Test
	void whereNothingIsWaitedForCallsAreAnsweredAtOnceAndClientsOfOursKnowTheLastOneTaken() {
		this.listener.options((options) -> options.setDrainTimeout(Duration.ZERO)).start();
		try (RawClient client = client()) {
			client.write(RawClient.announcing(1, "hold", Duration.ZERO));
			assertThat(client.next()).isInstanceOf(HelloFrame.class);
			Eventually.await("held", () -> this.held.get() == 1);
			long begun = System.nanoTime();
			this.listener.container().stop();
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(BOUND);
			assertThat(List.of(client.next(), client.next())).satisfiesExactlyInAnyOrder(
					(frame) -> assertThat(frame).isInstanceOfSatisfying(GoAwayFrame.class,
							(goAway) -> assertThat(goAway.streamId()).isEqualTo(1)),
					(frame) -> assertThat(frame).isInstanceOfSatisfying(ResponseFrame.class,
							(response) -> assertThat(response.status()).isEqualTo(Status.UNAVAILABLE)));
			assertThat(client.isAtEnd()).isTrue();
		}
		assertThat(this.log.aboutStops()).hasSize(2)
			.first()
			.isEqualTo("INFO Listener 'test' stops at once with 1 call under way");
	}

	/** A conversation whose handler does not end before the test does. */
	private TestListener endlessConversations() {
		return this.listener.conversations(new LineProtocol(), Execution.POOL, (request, callback) -> {
			request.session().send("hello");
			this.held.incrementAndGet();
			boolean released = false;
			while (!released) {
				try {
					this.release.await();
					released = true;
				}
				catch (InterruptedException ex) {
					this.interrupted.set(true);
				}
			}
		});
	}

	@Test
	void aSessionThatIsStillThereWhenTheTimeOfCallsIsOverIsCutOffOnce() {
		endlessConversations().options((options) -> {
			options.setDrainTimeout(Duration.ofMillis(400));
			options.setDrainStreamTimeout(Duration.ofMillis(200));
		}).start();
		try (UdsTemplate client = this.listener.client().build(); UdsSession session = client.open()) {
			session.send("x");
			assertThat(session.receive(String.class)).isEqualTo("hello");
			this.listener.container().stop();
		}
		assertThat(this.log.aboutStops()).last().asString().contains("cut off: 1 session;");
	}

	@Test
	void whatACallerSentAndWentIsWaitedFor() throws Exception {
		this.listener.start();
		try (RawClient client = client()) {
			client.write(RawClient
				.bytes(new RequestFrame(1, "hold", new byte[0], 0, Extensions.announce(Map.of()), Kind.ONE_WAY, true)));
			Eventually.await("held", () -> this.held.get() == 1);
			// with something unread, so that the connection is reset
			Eventually.await("greeted", () -> !client.hasReceivedNothing());
		}
		Eventually.await("closed", () -> this.listener.container().stats().connections() == 0);
		CompletableFuture<Void> stop = stopping();
		Eventually.await("told", () -> !this.log.aboutStops().isEmpty());
		CompletableFuture<Void> drain = this.listener.container().drain();
		// whoever does not wait for the handler needs far less
		assertThat(this.release.await(500, TimeUnit.MILLISECONDS)).isFalse();
		assertThat(drain).isNotDone();
		this.release.countDown();
		drain.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		stop.get(BOUND.toSeconds(), TimeUnit.SECONDS);
		assertThat(this.interrupted).isFalse();
	}

}
