package io.github.udsboot.listener.rpc;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsDeadline;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.CancelFrame;
import io.github.udsboot.protocol.Extensions;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.GoAwayFrame;
import io.github.udsboot.protocol.HelloFrame;
import io.github.udsboot.protocol.PingFrame;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls that nobody waits for any more, and what peers tell each other about it.
 */
@Timeout(60)
class CancellationTests {

	private static final Duration NO_DEADLINE = Duration.ZERO;

	/** A deadline by which a busy machine has found a thread for the handler. */
	private static final Duration TIME_TO_BEGIN = Duration.ofSeconds(1);

	private final TestListener listener = new TestListener().options((options) -> options.setEventLoops(1));

	private final Map<String, Status> recorded = new ConcurrentHashMap<>();

	private final CountDownLatch began = new CountDownLatch(1);

	private final CountDownLatch interrupted = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	CancellationTests() {
		this.listener.recorder((route, status, nanos) -> this.recorded.put(route, status));
	}

	@AfterEach
	void stop() {
		this.release.countDown();
		this.listener.close();
	}

	@Test
	void aPeerThatAnnouncesItselfIsGreetedOnceAndBeforeItsAnswer() {
		this.listener.start();
		try (RawClient client = client()) {
			client.write(RawClient.announcing(1, "echo", NO_DEADLINE), RawClient.announcing(3, "echo", NO_DEADLINE));
			assertThat(client.next()).isEqualTo(new HelloFrame(1, Extensions.all()));
			client.receiveAnswerTo(1);
			client.receiveAnswerTo(3);
		}
	}

	@Test
	void aPeerIsGreetedThoughItsFirstRequestIsRefused() {
		this.listener.start();
		try (RawClient client = client()) {
			client.write(RawClient.announcing(1, "nowhere", NO_DEADLINE));
			greeting(client);
			assertThat(client.receiveAnswerTo(1).status()).isEqualTo(Status.UNIMPLEMENTED);
			CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> this.listener.container().stop());
			assertThat(client.next()).isEqualTo(new GoAwayFrame(0));
			stopped.join();
		}
	}

	/** A Go handler that calls on sends the metadata of its own caller along. */
	@Test
	void anAnnouncementThatIsPassedOnByAnotherPeerIsOverlooked() {
		this.listener.start();
		try (RawClient client = client()) {
			client.write(RawClient
				.bytes(new RequestFrame(1, "echo", new byte[0], 0, Extensions.announce(Map.of()), Kind.UNARY, false)));
			assertThat(client.receiveAnswerTo(1).status()).isEqualTo(Status.OK);
		}
	}

	@Test
	void whatWasSentOneWayIsHandledThoughItsSenderHasGone() {
		List<String> handled = new CopyOnWriteArrayList<>();
		this.listener.handle("record", Execution.POOL, (request, callback) -> {
			this.began.countDown();
			this.release.await();
			handled.add("recorded");
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		try (RawClient client = client()) {
			client.write(RawClient.announcing(1, "echo", NO_DEADLINE));
			greeting(client);
			client.receiveAnswerTo(1);
			client.write(RawClient.bytes(new RequestFrame(3, "record", new byte[0], 0, Map.of(), Kind.ONE_WAY)));
			Eventually.await(this.began);
		}
		this.release.countDown();
		awaitNothingInFlight();
		assertThat(handled).containsExactly("recorded");
	}

	@Test
	void whoHasGotItsAnswerMayCallAgainThoughTheHandlerLingers() {
		this.listener.options((options) -> options.setMaxInFlightPerConnection(2));
		this.listener.handle("deaf", Execution.POOL, (request, callback) -> awaitRelease())
			.handle("hold", Execution.POOL, (request, callback) -> {
				awaitRelease();
				callback.reply(UdsReply.ok(request.payload()));
			})
			.start();
		try (RawClient client = client()) {
			client.write(RawClient.request(1, "hold", new byte[0]),
					RawClient.request(3, "deaf", new byte[0], Duration.ofMillis(300)));
			assertThat(client.receiveAnswerTo(3).status()).isEqualTo(Status.DEADLINE_EXCEEDED);
			client.write(RawClient.request(5, "deaf", new byte[0], Duration.ofMillis(300)));
			assertThat(client.receiveAnswerTo(5).status()).isEqualTo(Status.DEADLINE_EXCEEDED);
			// those that linger have a limit, too
			assertThat(client.call(7, "echo").status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
			this.release.countDown();
			client.receiveAnswerTo(1);
			awaitNothingInFlight();
			assertThat(client.call(9, "echo").status()).isEqualTo(Status.OK);
		}
	}

	@Test
	void handlersDoNotSeeTheAnnouncement() {
		List<Map<String, List<String>>> seen = new CopyOnWriteArrayList<>();
		this.listener.handle("look", (request, callback) -> {
			seen.add(request.metadata());
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		try (RawClient client = client()) {
			client.write(RawClient.announcing(1, "look", NO_DEADLINE));
			greeting(client);
			client.receiveAnswerTo(1);
		}
		assertThat(seen).containsExactly(Map.of());
	}

	@ParameterizedTest
	@EnumSource(value = Execution.class, names = { "INLINE", "POOL" })
	void aCancelledCallInterruptsItsHandlerAndHasNoAnswer(Execution execution) {
		handleStuck(execution);
		this.listener.start();
		try (RawClient client = client()) {
			client.write(RawClient.announcing(1, "stuck", NO_DEADLINE));
			greeting(client);
			Eventually.await(this.began);
			client.write(RawClient.bytes(new CancelFrame(1)));
			Eventually.await(this.interrupted);
			awaitNothingInFlight();
			assertThat(client.call(3, "echo").status()).isEqualTo(Status.OK);
			assertThat(this.recorded).containsEntry("stuck", Status.CANCELLED);
		}
	}

	@Test
	void aPeerThatHasNotAnnouncedItselfCannotCancelAndIsToldNothing() {
		this.listener.handle("wait", Execution.POOL, (request, callback) -> {
			this.began.countDown();
			this.release.await();
			callback.reply(UdsReply.ok("waited".getBytes()));
		}).options((options) -> options.setPingInterval(Duration.ofMillis(20))).start();
		try (RawClient client = client()) {
			client.write(RawClient.request(1, "wait", new byte[0]));
			Eventually.await(this.began);
			client.write(RawClient.bytes(new CancelFrame(1)), RawClient.bytes(new PingFrame(1, 1, false)),
					RawClient.request(3, "echo", new byte[0]));
			assertThat(client.receive().streamId()).isEqualTo(3);
			CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> this.listener.container().stop());
			this.release.countDown();
			assertThat(new String(client.receiveAnswerTo(1).payload())).isEqualTo("waited");
			assertThat(client.isAtEnd()).isTrue();
			stopped.join();
		}
	}

	@Test
	void aCancelledCallThatHasNoThreadYetNeverRuns() {
		List<String> ran = new CopyOnWriteArrayList<>();
		this.listener.options((options) -> options.setMaxHandlerThreads(1));
		this.listener.handle("hold", Execution.POOL, (request, callback) -> {
			this.began.countDown();
			this.release.await();
			callback.reply(UdsReply.ok(request.payload()));
		}).handle("queued", Execution.POOL, (request, callback) -> {
			ran.add("queued");
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		try (RawClient client = client()) {
			client.write(RawClient.announcing(1, "hold", NO_DEADLINE));
			greeting(client);
			Eventually.await(this.began);
			client.write(RawClient.request(3, "queued", new byte[0]), RawClient.bytes(new CancelFrame(3)),
					RawClient.bytes(new PingFrame(3, 7, false)));
			assertThat(client.next()).isEqualTo(new PingFrame(3, 7, true));
			Eventually.await("it does not wait for its turn to be counted out",
					() -> this.listener.container().stats().requestsInFlight() == 1);
			this.release.countDown();
			client.receiveAnswerTo(1);
			awaitNothingInFlight();
			assertThat(ran).isEmpty();
		}
	}

	@Test
	void aDeadlineInterruptsTheHandler() {
		handleStuck(Execution.AUTO);
		this.listener.start();
		try (RawClient client = client()) {
			client.write(RawClient.request(1, "stuck", new byte[0], TIME_TO_BEGIN));
			ResponseFrame answer = client.receiveAnswerTo(1);
			assertThat(answer.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
			assertThat(answer.undispatched()).isFalse();
			Eventually.await(this.interrupted);
			awaitNothingInFlight();
			assertThat(this.recorded).containsEntry("stuck", Status.DEADLINE_EXCEEDED);
		}
	}

	@Test
	void aHandlerThatMindsNoInterruptCountsUntilItIsThrough() {
		this.listener.handle("deaf", Execution.POOL, (request, callback) -> {
			awaitRelease();
			callback.reply(UdsReply.ok("nobody wants this".getBytes()));
		}).start();
		try (RawClient client = client()) {
			client.write(RawClient.request(1, "deaf", new byte[0], TIME_TO_BEGIN));
			assertThat(client.receiveAnswerTo(1).status()).isEqualTo(Status.DEADLINE_EXCEEDED);
			Eventually.await(this.interrupted);
			assertThat(this.listener.container().stats().requestsInFlight()).isEqualTo(1);
			this.release.countDown();
			awaitNothingInFlight();
			assertThat(client.call(3, "echo").status()).isEqualTo(Status.OK);
		}
	}

	@Test
	void theEarliestDeadlineOfSeveralPassesFirst() {
		handleStuck(Execution.POOL);
		this.listener.start();
		try (RawClient client = client()) {
			client.write(RawClient.request(1, "stuck", new byte[0], Duration.ofMillis(400)),
					RawClient.request(3, "stuck", new byte[0], Duration.ofDays(100_000)),
					RawClient.request(5, "stuck", new byte[0], Duration.ofMillis(50)),
					RawClient.request(7, "stuck", new byte[0]),
					RawClient.request(9, "stuck", new byte[0], Duration.ofMillis(200)));
			assertThat(client.receive().streamId()).isEqualTo(5);
			assertThat(client.receive().streamId()).isEqualTo(9);
			assertThat(client.receive().streamId()).isEqualTo(1);
			this.release.countDown();
			assertThat(List.of(client.receive().streamId(), client.receive().streamId())).containsExactlyInAnyOrder(3L,
					7L);
		}
	}

	@Test
	void whatAHandlerHasLeftToRunElsewhereIsCancelled() {
		List<String> cancelled = new CopyOnWriteArrayList<>();
		this.listener.handle("async", (request, callback) -> {
			callback.onCancel(() -> {
				cancelled.add(Thread.currentThread().getName());
				this.interrupted.countDown();
			});
			this.began.countDown();
		}).start();
		try (RawClient client = client()) {
			client.write(RawClient.announcing(1, "async", NO_DEADLINE));
			greeting(client);
			Eventually.await(this.began);
			client.write(RawClient.bytes(new CancelFrame(1)));
			Eventually.await(this.interrupted);
			awaitNothingInFlight();
			client.write(RawClient.request(3, "async", new byte[0], Duration.ofMillis(20)));
			assertThat(client.receiveAnswerTo(3).status()).isEqualTo(Status.DEADLINE_EXCEEDED);
			Eventually.await("both were cancelled", () -> cancelled.size() == 2);
		}
	}

	/**
	 * The recorder of this test has the waiting calls run in the moment in which another
	 * one is withdrawn: then they must not begin any more.
	 */
	@Test
	void callsThatWaitForAThreadDoNotBeginWhileTheirConnectionIsLost() {
		List<String> ran = new CopyOnWriteArrayList<>();
		Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
		AtomicBoolean hold = new AtomicBoolean();
		this.listener.handle("async", Execution.POOL, (request, callback) -> {
			callback.onCancel(() -> {
			});
			this.began.countDown();
		}).handle("queued", Execution.POOL, (request, callback) -> {
			ran.add("queued");
			callback.reply(UdsReply.ok(request.payload()));
		});
		this.listener.options((options) -> options.setExecution(Execution.POOL)).executor((task) -> {
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
			client.write(RawClient.announcing(1, "async", NO_DEADLINE));
			greeting(client);
			Eventually.await(this.began);
			hold.set(true);
			client.write(RawClient.request(3, "queued", new byte[0]), RawClient.request(5, "queued", new byte[0]),
					RawClient.request(7, "queued", new byte[0]));
			Eventually.await("all wait", () -> waiting.size() == 3);
		}
		awaitNothingInFlight();
		assertThat(ran).isEmpty();
	}

	@Test
	void aPeerOfOursThatHasGoneIsMissedAtOnce() {
		handleStuck(Execution.POOL);
		this.listener.start();
		try (RawClient client = client()) {
			client.write(RawClient.announcing(1, "stuck", NO_DEADLINE));
			greeting(client);
			Eventually.await(this.began);
		}
		Eventually.await(this.interrupted);
		awaitNothingInFlight();
		Eventually.await("the connection is closed", () -> this.listener.container().stats().connections() == 0);
		assertThat(this.recorded).containsEntry("stuck", Status.CANCELLED);
	}

	@Test
	void anyOtherPeerMayReadItsAnswerAfterItHasEndedItsOutput() {
		this.listener.handle("wait", Execution.POOL, (request, callback) -> {
			this.began.countDown();
			this.release.await();
			callback.reply(UdsReply.ok("waited".getBytes()));
		}).start();
		try (RawClient client = client()) {
			client.write(RawClient.request(1, "wait", new byte[0]));
			client.shutdownOutput();
			Eventually.await(this.began);
			this.release.countDown();
			assertThat(new String(client.receiveAnswerTo(1).payload())).isEqualTo("waited");
		}
	}

	/**
	 * Cancels at every moment of a call, with one thread and the next request waiting for
	 * it: an interrupt that came too late would be seen by that, or close the connection
	 * under an answer.
	 */
	@ParameterizedTest
	@EnumSource(value = Execution.class, names = { "INLINE", "POOL" })
	void noInterruptLandsInLaterWork(Execution execution) {
		// long enough for the loop to be handed over, where only another thread can
		// cancel
		int unit = (execution == Execution.INLINE) ? 10_000 : 2_000;
		int rounds = (execution == Execution.INLINE) ? 200 : 800;
		AtomicInteger interrupts = new AtomicInteger();
		this.listener.options((options) -> options.setMaxHandlerThreads((execution == Execution.POOL) ? 1 : 3));
		this.listener.handle("quick", execution, (request, callback) -> {
			spin((long) request.payload().length * unit);
			if (Thread.currentThread().isInterrupted()) {
				interrupts.incrementAndGet();
			}
			callback.reply(UdsReply.ok(request.payload()));
		}).handle("next", execution, (request, callback) -> {
			boolean interrupted = Thread.currentThread().isInterrupted();
			callback.reply(UdsReply.ok(new byte[] { (byte) (interrupted ? 1 : 0) }));
		}).start();
		int answered = 0;
		try (RawClient client = client()) {
			client.write(RawClient.announcing(1, "echo", NO_DEADLINE));
			greeting(client);
			client.receiveAnswerTo(1);
			for (int round = 1; round <= rounds; round++) {
				long streamId = 4L * round - 1;
				client.write(RawClient.request(streamId, "quick", new byte[round * 31 % 500]));
				spin(round * 7_919L % 750 * unit);
				client.write(RawClient.join(RawClient.bytes(new CancelFrame(streamId)),
						RawClient.request(streamId + 2, "next", new byte[0])));
				ResponseFrame answer = client.receive();
				while (answer.streamId() != streamId + 2) {
					// given just before it could be cancelled, perhaps some rounds ago
					assertThat(answer.streamId()).isLessThanOrEqualTo(streamId);
					answered++;
					answer = client.receive();
				}
				assertThat(answer.payload()).isEqualTo(new byte[] { 0 });
			}
		}
		awaitNothingInFlight();
		// else it was not tested
		assertThat(answered).isBetween(1, rounds - 1);
		assertThat(interrupts).hasPositiveValue();
	}

	private static void spin(long nanos) {
		long end = System.nanoTime() + nanos;
		while (System.nanoTime() - end < 0) {
			Thread.onSpinWait();
		}
	}

	@Test
	void aHandlerHasTheDeadlineOfItsRequestAndTheNextOneHasNot() {
		List<String> seen = new CopyOnWriteArrayList<>();
		this.listener.options((options) -> options.setMaxHandlerThreads(1));
		this.listener.handle("deadline", Execution.POOL, (request, callback) -> {
			UdsDeadline deadline = UdsDeadline.current();
			seen.add((deadline != null) ? "within " + (deadline.remaining().toSeconds() / 50 + 1) * 50 + " s" : "none");
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		try (RawClient client = client()) {
			client.write(RawClient.request(1, "deadline", new byte[0], Duration.ofSeconds(50)));
			client.receiveAnswerTo(1);
			client.write(RawClient.request(3, "deadline", new byte[0]));
			client.receiveAnswerTo(3);
		}
		assertThat(seen).containsExactly("within 50 s", "none");
	}

	@Test
	void aServerThatDrainsSaysWhatItHasTaken() {
		this.listener.handle("wait", Execution.POOL, (request, callback) -> {
			this.began.countDown();
			this.release.await();
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		try (RawClient client = client()) {
			client.write(RawClient.announcing(1, "echo", NO_DEADLINE), RawClient.request(3, "wait", new byte[0]));
			greeting(client);
			client.receiveAnswerTo(1);
			Eventually.await(this.began);
			CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> this.listener.container().stop());
			assertThat(client.next()).isEqualTo(new GoAwayFrame(3));
			client.write(RawClient.request(5, "echo", new byte[0]));
			ResponseFrame refused = client.receiveAnswerTo(5);
			assertThat(refused.status()).isEqualTo(Status.UNAVAILABLE);
			assertThat(refused.undispatched()).isTrue();
			this.release.countDown();
			assertThat(client.receiveAnswerTo(3).status()).isEqualTo(Status.OK);
			assertThat(client.isAtEnd()).isTrue();
			stopped.join();
		}
	}

	@Test
	void aSilentPeerIsAskedAndMayAnswer() {
		this.listener.options((options) -> {
			options.setPingInterval(Duration.ofMillis(20));
			options.setPingTimeout(Duration.ofSeconds(30));
		}).start();
		try (RawClient client = client()) {
			client.write(RawClient.announcing(1, "echo", NO_DEADLINE));
			greeting(client);
			client.receiveAnswerTo(1);
			for (int i = 1; i <= 3; i++) {
				Frame ping = client.next();
				assertThat(ping).isEqualTo(new PingFrame(1, i, false));
				client.write(RawClient.bytes(new PingFrame(1, i, true)));
			}
			client.write(RawClient.request(3, "echo", new byte[0]));
			Frame frame = client.next();
			while (frame instanceof PingFrame) {
				frame = client.next();
			}
			assertThat(frame).isInstanceOf(ResponseFrame.class);
		}
	}

	@Test
	void aPeerThatDoesNotAnswerThenIsClosed() {
		this.listener.options((options) -> {
			options.setPingInterval(Duration.ofMillis(20));
			options.setPingTimeout(Duration.ofMillis(50));
		}).start();
		try (RawClient silent = client(); RawClient plain = client()) {
			assertThat(plain.call(1, "echo").status()).isEqualTo(Status.OK);
			silent.write(RawClient.announcing(1, "echo", NO_DEADLINE));
			greeting(silent);
			silent.receiveAnswerTo(1);
			assertThat(silent.next()).isInstanceOf(PingFrame.class);
			assertThat(silent.isAtEnd()).isTrue();
			Eventually.await("it is counted",
					() -> this.listener.container().stats().closed().getOrDefault(CloseReason.UNRESPONSIVE, 0L) == 1);
			assertThat(plain.call(3, "echo").status()).isEqualTo(Status.OK);
		}
	}

	@Test
	void aPeerThatAsksAHundredTimesInASecondIsReadOnInTheNext() {
		this.listener.start();
		byte[][] pings = new byte[PingLimit.PINGS + 20][];
		for (int i = 0; i < pings.length; i++) {
			pings[i] = RawClient.bytes(new PingFrame(1, i, false));
		}
		try (RawClient eager = client(); RawClient plain = client()) {
			eager.write(RawClient.announcing(1, "echo", NO_DEADLINE));
			greeting(eager);
			eager.receiveAnswerTo(1);
			long begun = System.nanoTime();
			eager.write(RawClient.join(pings), RawClient.request(3, "echo", new byte[0]));
			for (int i = 0; i < PingLimit.PINGS; i++) {
				assertThat(eager.next()).isEqualTo(new PingFrame(1, i, true));
			}
			assertThat(plain.call(1, "echo").status()).isEqualTo(Status.OK);
			for (int i = PingLimit.PINGS; i < pings.length; i++) {
				assertThat(eager.next()).isEqualTo(new PingFrame(1, i, true));
			}
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
			assertThat(eager.receiveAnswerTo(3).status()).isEqualTo(Status.OK);
		}
	}

	private void awaitRelease() {
		boolean released = false;
		while (!released) {
			try {
				this.release.await();
				released = true;
			}
			catch (InterruptedException ex) {
				this.interrupted.countDown();
			}
		}
	}

	private void handleStuck(Execution execution) {
		this.listener.handle("stuck", execution, (request, callback) -> {
			this.began.countDown();
			try {
				this.release.await();
				callback.reply(UdsReply.ok(request.payload()));
			}
			catch (InterruptedException ex) {
				this.interrupted.countDown();
				throw ex;
			}
		});
	}

	private static void greeting(RawClient client) {
		assertThat(client.next()).isInstanceOf(HelloFrame.class);
	}

	private void awaitNothingInFlight() {
		Eventually.await("nothing is in flight", () -> this.listener.container().stats().requestsInFlight() == 0);
	}

	private RawClient client() {
		return RawClient.connect(this.listener.path());
	}

}
