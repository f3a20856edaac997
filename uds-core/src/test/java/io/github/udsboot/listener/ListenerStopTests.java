package io.github.udsboot.listener;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.listener.UdsListenerStats.State;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.Descriptors;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How a listener ends.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class ListenerStopTests {

	/** Far less than the drain's timeout, far more than a stop takes. */
	private static final Duration SOON = Duration.ofSeconds(5);

	private final TestListener listener;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CountDownLatch release = new CountDownLatch(1);

	private final AtomicInteger held = new AtomicInteger();

	ListenerStopTests(TransportType transport) {
		this.listener = new TestListener(transport)
			.options((options) -> options.setDrainTimeout(Duration.ofSeconds(20)));
		this.listener.handle("hold", (request, callback) -> {
			this.held.incrementAndGet();
			this.release.await();
			callback.reply(UdsReply.ok(request.payload()));
		});
	}

	@AfterEach
	void stop() {
		this.release.countDown();
		this.listener.close();
		this.threads.shutdownNow();
	}

	@Test
	void aCallInFlightIsAnsweredAndTheStopWaitsForIt() throws Exception {
		this.listener.start();
		try (RawClient client = client()) {
			client.send("hold", "answer me");
			awaitHeld(1);
			CompletableFuture<Void> stop = stopping();
			Eventually.await("the file is withdrawn", () -> Files.notExists(this.listener.path()));
			assertThat(state()).isEqualTo(State.DRAINING);
			assertThat(stop).isNotDone();
			this.release.countDown();
			assertThat(client.receive().payload()).asString().isEqualTo("answer me");
			assertThat(client.isAtEnd()).isTrue();
			stop.get(SOON.toSeconds(), TimeUnit.SECONDS);
			assertThat(state()).isEqualTo(State.STOPPED);
		}
	}

	@Test
	void laterRequestsOnOpenConnectionsAreRefusedAsNotDispatched() throws Exception {
		this.listener.start();
		try (RawClient client = client()) {
			long slow = client.send("hold", "");
			awaitHeld(1);
			CompletableFuture<Void> stop = stopping();
			Eventually.await("refused", () -> {
				ResponseFrame response = client.receiveAnswerTo(client.send("echo", ""));
				assertThat(response.undispatched()).isEqualTo(response.status() == Status.UNAVAILABLE);
				return response.status() == Status.UNAVAILABLE;
			});
			this.release.countDown();
			assertThat(client.receiveAnswerTo(slow).status()).isEqualTo(Status.OK);
			assertThat(client.isAtEnd()).isTrue();
			stop.get(SOON.toSeconds(), TimeUnit.SECONDS);
		}
	}

	@Test
	void connectionsInTheBacklogAreAcceptedAndTheirRequestsAnswered() throws Exception {
		// the loop that accepts is held, and no thread can take it over for a while
		this.listener.options((options) -> options.setEventLoops(1)).start();
		List<RawClient> clients = new ArrayList<>();
		try (RawClient slow = client()) {
			slow.send("hold", "");
			for (int i = 0; i < 20; i++) {
				RawClient client = client();
				clients.add(client);
				client.send("echo", "" + i);
			}
			CompletableFuture<Void> stop = stopping();
			for (int i = 0; i < 20; i++) {
				assertThat(clients.get(i).receive().payload()).asString().isEqualTo("" + i);
				assertThat(clients.get(i).isAtEnd()).isTrue();
			}
			this.release.countDown();
			assertThat(slow.receive().status()).isEqualTo(Status.OK);
			stop.get(SOON.toSeconds(), TimeUnit.SECONDS);
		}
		finally {
			clients.forEach(RawClient::close);
		}
	}

	@Test
	void requestsThatAreInTheSocketsAreAnsweredHoweverManyTheyAre() throws Exception {
		// handlers that keep the loop busy see to it that the socket is full
		this.listener.options((options) -> options.setEventLoops(1)).handle("short", (request, callback) -> {
			this.held.incrementAndGet();
			Thread.sleep(1);
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		try (RawClient client = client()) {
			int calls = 60;
			byte[][] requests = new byte[calls][];
			for (int i = 0; i < calls; i++) {
				requests[i] = RawClient.request(2 * i + 1, "short", new byte[3000]);
			}
			client.write(RawClient.join(requests));
			awaitHeld(1);
			CompletableFuture<Void> stop = stopping();
			for (int i = 0; i < calls; i++) {
				assertThat(client.receive().status()).isEqualTo(Status.OK);
			}
			assertThat(client.isAtEnd()).isTrue();
			stop.get(SOON.toSeconds(), TimeUnit.SECONDS);
		}
	}

	@Test
	void aRequestThatIsHalfHereIsRefusedWhenItsRestComes() throws Exception {
		this.listener.start();
		byte[] request = RawClient.request(3, "echo", new byte[30_000]);
		try (RawClient client = client()) {
			client.call("echo", "");
			client.write(Arrays.copyOf(request, 20_000));
			CompletableFuture<Void> stop = stopping();
			Eventually.await("draining", () -> state() == State.DRAINING);
			client.write(Arrays.copyOfRange(request, 20_000, request.length));
			ResponseFrame response = client.receive();
			// refused, or still answered if it came before the connection was told
			assertThat(response.status()).isIn(Status.UNAVAILABLE, Status.OK);
			assertThat(response.undispatched()).isEqualTo(response.status() == Status.UNAVAILABLE);
			assertThat(client.isAtEnd()).isTrue();
			stop.get(SOON.toSeconds(), TimeUnit.SECONDS);
		}
	}

	@Test
	void idleConnectionsAreClosedAtOnce() {
		this.listener.start();
		try (RawClient silent = client(); RawClient proven = client()) {
			proven.call("echo", "");
			assertQuick(() -> this.listener.container().stop());
			assertThat(silent.isAtEnd()).isTrue();
			assertThat(proven.isAtEnd()).isTrue();
			assertThat(stats().closed()).containsEntry(CloseReason.STOPPED, 2L);
		}
	}

	@Test
	void aPeerThatDoesNotReadDelaysTheStopUntilTheTimeOutAndNoLonger() {
		this.listener.options((options) -> options.setDrainTimeout(Duration.ofMillis(300)))
			.handle("large", (request, callback) -> callback.reply(UdsReply.ok(new byte[3 << 20])))
			.start();
		try (RawClient deaf = client()) {
			deaf.send("large", "");
			Eventually.await("answered", () -> !deaf.hasReceivedNothing());
			long begun = System.nanoTime();
			assertQuick(() -> this.listener.container().stop());
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(295));
			deaf.awaitEnd();
		}
	}

	@Test
	void aForcedStopInterruptsHandlersAndReturns() {
		CountDownLatch interrupted = new CountDownLatch(3);
		this.listener.options((options) -> options.setDrainTimeout(Duration.ofMillis(100)));
		for (Execution execution : List.of(Execution.INLINE, Execution.POOL)) {
			this.listener.handle("stuck-" + execution, execution, (request, callback) -> {
				this.held.incrementAndGet();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					interrupted.countDown();
				}
				callback.reply(UdsReply.ok(request.payload()));
			});
		}
		this.listener.executor(this.threads).start();
		try (RawClient client = client()) {
			client.send("stuck-INLINE", "");
			client.send("stuck-INLINE", "");
			client.send("stuck-POOL", "");
			awaitHeld(3);
			assertQuick(() -> this.listener.container().stop());
			Eventually.await(interrupted);
			client.awaitEnd();
		}
	}

	@Test
	void callsThatWaitForAThreadAreNotRunAfterAForcedStop() throws Exception {
		AtomicInteger ran = new AtomicInteger();
		this.listener.options((options) -> {
			options.setDrainTimeout(Duration.ofMillis(100));
			options.setMaxHandlerThreads(1);
		}).handle("stuck", Execution.POOL, (request, callback) -> {
			ran.incrementAndGet();
			this.release.await();
		}).start();
		try (RawClient client = client()) {
			for (int i = 0; i < 10; i++) {
				client.send("stuck", "");
			}
			Eventually.await("all are accepted", () -> stats().requestsInFlight() == 10);
			assertQuick(() -> this.listener.container().stop());
			awaitNoThreads();
			assertThat(ran).hasValue(1);
		}
	}

	@Test
	void stoppingTwiceAndAtOnceAndDrainingBeforeIsSafe() throws Exception {
		this.listener.start();
		CompletableFuture<Void> drain;
		try (RawClient client = client()) {
			client.send("hold", "");
			awaitHeld(1);
			drain = this.listener.container().drain();
			CompletableFuture<Void> again = this.listener.container().drain();
			List<CompletableFuture<Void>> stops = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				stops.add(stopping());
			}
			CountDownLatch called = new CountDownLatch(1);
			this.listener.container().stop(called::countDown);
			assertThat(drain).isNotDone();
			assertThat(this.listener.container().isRunning()).isTrue();
			this.release.countDown();
			client.receive();
			for (CompletableFuture<Void> stop : stops) {
				stop.get(SOON.toSeconds(), TimeUnit.SECONDS);
			}
			drain.get(SOON.toSeconds(), TimeUnit.SECONDS);
			again.get(SOON.toSeconds(), TimeUnit.SECONDS);
			Eventually.await(called);
		}
		assertThat(this.listener.container().isRunning()).isFalse();
		this.listener.container().stop();
		assertThat(this.listener.container().drain()).isCompleted();
	}

	@Test
	void aDrainThatSomebodyCancelsGoesOn() throws Exception {
		this.listener.start();
		try (RawClient client = client()) {
			client.send("hold", "");
			awaitHeld(1);
			this.listener.container().drain().cancel(true);
			CompletableFuture<Void> stop = stopping();
			this.release.countDown();
			assertThat(client.receive().status()).isEqualTo(Status.OK);
			stop.get(SOON.toSeconds(), TimeUnit.SECONDS);
		}
	}

	@Test
	void whatDependsOnTheDrainMayStopTheListener() throws Exception {
		this.listener.start();
		try (RawClient client = client()) {
			client.call("echo", "");
			long begun = System.nanoTime();
			this.listener.container()
				.drain()
				.thenRun(() -> this.listener.container().stop())
				.get(SOON.toSeconds(), TimeUnit.SECONDS);
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
		}
	}

	@Test
	void aHandlerMayStopItsListener() {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		this.listener.options((options) -> options.setDrainTimeout(Duration.ofMillis(200)))
			.handle("stop", (request, callback) -> {
				this.listener.container().stop();
				stopped.complete(null);
			})
			.start();
		try (RawClient client = client()) {
			client.send("stop", "");
			client.awaitEnd();
			Eventually.await("stopped", stopped::isDone);
			assertThat(this.listener.container().isRunning()).isFalse();
		}
	}

	@Test
	void anInterruptedStopStillStops() throws Exception {
		this.listener.start();
		try (RawClient client = client()) {
			client.send("hold", "");
			awaitHeld(1);
			Thread stopper = new Thread(() -> this.listener.container().stop());
			stopper.start();
			Eventually.await("draining", () -> state() == State.DRAINING);
			stopper.interrupt();
			stopper.join(SOON.toMillis());
			assertThat(stopper.isAlive()).isFalse();
			assertThat(this.listener.container().isRunning()).isFalse();
			client.awaitEnd();
		}
	}

	@Test
	void aStoppedListenerStartsAgain() {
		this.listener.start();
		for (int i = 0; i < 3; i++) {
			try (RawClient client = client()) {
				assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
				this.listener.container().stop();
				assertThat(client.isAtEnd()).isTrue();
			}
			this.listener.start();
		}
		assertThat(stats().accepted()).as("counted over all starts").isEqualTo(3);
	}

	@Test
	void aStartWhileAStopIsUnderWayWaitsForIt() throws Exception {
		this.listener.start();
		try (RawClient client = client()) {
			client.send("hold", "");
			awaitHeld(1);
			CompletableFuture<Void> stop = stopping();
			Eventually.await("draining", () -> state() == State.DRAINING);
			this.release.countDown();
			stop.get(SOON.toSeconds(), TimeUnit.SECONDS);
			this.listener.start();
		}
		try (RawClient client = client()) {
			assertThat(client.call("echo", "").status()).isEqualTo(Status.OK);
		}
	}

	@Test
	void everyCloseIsBoundedWhateverTheListenerIsDoing() throws Exception {
		for (int i = 0; i < 15; i++) {
			this.listener.start();
			AtomicInteger connected = new AtomicInteger();
			CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
				try {
					while (true) {
						try (RawClient client = client()) {
							connected.incrementAndGet();
							client.send("echo", new byte[100_000]);
							client.send("hold", "");
							client.receive();
						}
					}
				}
				catch (RuntimeException | AssertionError ex) {
					// the listener has closed
				}
			}, this.threads);
			Eventually.await("connected", () -> connected.get() > 0);
			this.release.countDown();
			assertQuick(() -> this.listener.container().stop());
			load.get(SOON.toSeconds(), TimeUnit.SECONDS);
		}
	}

	@Test
	void descriptorsAndThreadsAreBackAtTheBaseLineAfterFiftyStarts() {
		this.release.countDown();
		startCallStop(true);
		awaitNoThreads();
		long descriptors = Descriptors.count();
		for (int i = 0; i < 50; i++) {
			// a stop gives each new connection a second to send its first frame
			startCallStop(i % 25 == 0);
		}
		awaitNoThreads();
		Eventually.await("as many descriptors as before", () -> Descriptors.count() <= descriptors);
	}

	private void startCallStop(boolean silently) {
		this.listener.start();
		try (RawClient client = client(); RawClient idle = client()) {
			client.call("echo", "");
			client.call("hold", "");
			if (!silently) {
				idle.call("echo", "");
			}
			this.listener.container().stop();
			idle.awaitEnd();
		}
	}

	@Test
	void theThreadThatKeepsTheApplicationAliveEndsWithTheStop() {
		this.listener.start();
		assertThat(ownThreads()).anyMatch((thread) -> !thread.isDaemon());
		this.listener.container().stop();
		awaitNoThreads();
	}

	private void awaitNoThreads() {
		Eventually.await("no threads are left", () -> ownThreads().isEmpty());
	}

	private static List<Thread> ownThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("uds-test") || thread.getName().contains("handover"))
			.toList();
	}

	private CompletableFuture<Void> stopping() {
		return CompletableFuture.runAsync(() -> this.listener.container().stop(), this.threads);
	}

	private static void assertQuick(Runnable action) {
		long begun = System.nanoTime();
		action.run();
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
	}

	private void awaitHeld(int count) {
		Eventually.await("held", () -> this.held.get() >= count);
	}

	private RawClient client() {
		return RawClient.connect(this.listener.path());
	}

	private State state() {
		return stats().state();
	}

	private UdsListenerStats stats() {
		return this.listener.container().stats();
	}

}
