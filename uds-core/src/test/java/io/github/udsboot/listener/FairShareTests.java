package io.github.udsboot.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.connection.ConnectionClocks;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.protocol.RequestFrame.Kind;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What one connection, or one user, takes of threads and requests in flight, and what is
 * left to the others.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class FairShareTests {

	/** Looks at the clocks, and with them at peers, come as often as they can. */
	private static final ConnectionClocks QUICK_CLOCKS = new ConnectionClocks(Duration.ofSeconds(20),
			Duration.ofSeconds(20), Duration.ofMillis(40), Duration.ZERO);

	private final TestListener listener;

	private final CountDownLatch release = new CountDownLatch(1);

	private final AtomicInteger running = new AtomicInteger();

	private final AtomicInteger most = new AtomicInteger();

	private final Queue<UdsReplyCallback> unanswered = new ConcurrentLinkedQueue<>();

	private final Queue<String> recorded = new ConcurrentLinkedQueue<>();

	/** Whether peers that connect count as those of another user. */
	private final AtomicBoolean foreign = new AtomicBoolean();

	FairShareTests(TransportType transport) {
		this.listener = new TestListener(transport).options((options) -> {
			options.setEventLoops(1);
			options.setDrainTimeout(Duration.ofSeconds(10));
			options.setOwnUser((peer) -> !this.foreign.get());
		});
		hold("hold", Execution.AUTO);
		hold("pool", Execution.POOL);
		this.listener.handle("deaf", Execution.POOL, (request, callback) -> {
			this.running.incrementAndGet();
			awaitUninterruptibly();
			callback.reply(UdsReply.ok(request.payload()));
		});
		this.listener.handle("later", (request, callback) -> this.unanswered.add(callback));
		this.listener.recorder((route, status, duration) -> this.recorded.add(route + " " + status));
	}

	private void hold(String route, Execution execution) {
		this.listener.handle(route, execution, (request, callback) -> {
			this.most.accumulateAndGet(this.running.incrementAndGet(), Math::max);
			try {
				this.release.await();
			}
			finally {
				this.running.decrementAndGet();
			}
			callback.reply(UdsReply.ok(request.payload()));
		});
	}

	private void awaitUninterruptibly() {
		boolean done = false;
		while (!done) {
			try {
				this.release.await();
				done = true;
			}
			catch (InterruptedException ex) {
				// this handler minds none
			}
		}
	}

	@AfterEach
	void stop() {
		this.release.countDown();
		this.listener.close();
	}

	// --- threads

	@Test
	void quickCallsGoOnWhileAllThatWaitOnOneConnectionHaveHalfOfTheThreads() {
		this.listener.options((options) -> options.setMaxHandlerThreads(4)).start();
		try (RawClient greedy = client(); RawClient other = client()) {
			greedy.write(requests("hold", 200));
			awaitInFlight(200);
			Eventually.await("it has its share", () -> this.running.get() >= 2);
			assertThat(other.call("echo", "").status()).isEqualTo(Status.OK);
			this.release.countDown();
			for (int i = 0; i < 200; i++) {
				assertThat(greedy.receive().status()).isEqualTo(Status.OK);
			}
		}
		// half of them, and one that was lent by the loop
		assertThat(this.most).hasValueLessThanOrEqualTo(3);
		Eventually.await("all threads are free", () -> stats().handlerThreads() == 0);
	}

	@Test
	void handlersThatLastOnALoopCountForTheirConnection() {
		for (int i = 0; i < 8; i++) {
			// none of them is known to last
			hold("hold" + i, Execution.INLINE);
		}
		this.listener.options((options) -> options.setMaxHandlerThreads(4)).start();
		try (RawClient greedy = client(); RawClient other = client()) {
			for (int i = 0; i < 8; i++) {
				greedy.send("hold" + i, "");
			}
			awaitInFlight(8);
			Eventually.await("it has its share, and one that was lent", () -> this.running.get() == 3);
			assertThat(other.call("echo", "").status()).isEqualTo(Status.OK);
			this.release.countDown();
			for (int i = 0; i < 8; i++) {
				assertThat(greedy.receive().status()).isEqualTo(Status.OK);
			}
		}
		assertThat(this.most).hasValue(3);
		Eventually.await("all threads are free", () -> stats().handlerThreads() == 0);
	}

	@Test
	void quickCallsGoOnThoughAllThreadsAreTaken() {
		this.listener.options((options) -> options.setMaxHandlerThreads(2)).start();
		try (RawClient one = client(); RawClient two = client(); RawClient other = client()) {
			one.write(requests("pool", 3));
			two.write(requests("pool", 3));
			awaitInFlight(6);
			Eventually.await("all threads are taken", () -> this.running.get() == 2);
			for (int i = 0; i < 100; i++) {
				assertThat(other.call("echo", "").status()).isEqualTo(Status.OK);
			}
			assertThat(one.call(101, "echo").status()).as("of a connection that has its share").isEqualTo(Status.OK);
		}
	}

	@Test
	void aCallThatWaitsForAThreadHasOneWhileAnotherConnectionHasItsShare() {
		this.listener.options((options) -> options.setMaxHandlerThreads(4)).start();
		assertThatAThreadIsLeft();
	}

	@Test
	void aCallThatWaitsForTheApplicationsExecutorHasAThreadWhileAnotherConnectionHasItsShare() {
		ExecutorService application = Executors.newCachedThreadPool();
		try {
			this.listener.options((options) -> options.setMaxHandlerThreads(4)).executor(application).start();
			assertThatAThreadIsLeft();
		}
		finally {
			application.shutdownNow();
		}
	}

	private void assertThatAThreadIsLeft() {
		try (RawClient greedy = client(); RawClient other = client()) {
			greedy.write(requests("pool", 50));
			awaitInFlight(50);
			Eventually.await("it has its share", () -> this.running.get() == 2);
			other.send("pool", "");
			Eventually.await("the other has a thread", () -> this.running.get() == 3);
			this.release.countDown();
			assertThat(other.receive().status()).isEqualTo(Status.OK);
			for (int i = 0; i < 50; i++) {
				assertThat(greedy.receive().status()).isEqualTo(Status.OK);
			}
		}
		assertThat(this.most).hasValue(3);
	}

	@Test
	void allConnectionsOfAnotherUserTogetherHaveHalfOfTheThreads() {
		this.listener.options((options) -> options.setMaxHandlerThreads(4)).start();
		this.foreign.set(true);
		List<RawClient> clients = new ArrayList<>();
		try {
			for (int i = 0; i < 4; i++) {
				RawClient client = client();
				clients.add(client);
				client.write(requests("pool", 5));
			}
			awaitInFlight(20);
			Eventually.await("the user has its share", () -> this.running.get() == 2);
			this.foreign.set(false);
			try (RawClient own = client()) {
				own.write(requests("pool", 5));
				Eventually.await("the rest is ours", () -> this.running.get() == 4);
				this.release.countDown();
				for (int i = 0; i < 5; i++) {
					assertThat(own.receive().status()).isEqualTo(Status.OK);
				}
			}
			for (RawClient client : clients) {
				for (int i = 0; i < 5; i++) {
					assertThat(client.receive().status()).isEqualTo(Status.OK);
				}
			}
		}
		finally {
			clients.forEach(RawClient::close);
		}
		Eventually.await("all threads are free", () -> stats().handlerThreads() == 0);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void handlersOnVirtualThreadsThatWaitHoldUpNobody() {
		hold("virtual", Execution.VIRTUAL);
		this.listener.options((options) -> options.setMaxHandlerThreads(2)).start();
		try (RawClient greedy = client(); RawClient other = client()) {
			greedy.write(requests("virtual", 256));
			Eventually.await("all run", () -> this.running.get() == 256);
			assertThat(other.call("echo", "").status()).isEqualTo(Status.OK);
			assertThat(greedy.call(1001, "echo").status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
		}
		Eventually.await("what they held is free", () -> stats().requestsInFlight() == 0);
	}

	// --- requests in flight

	@Test
	void streamsCountAsRequestsAndOthersAreServedWhileThousandsAreRefused() throws Exception {
		int streams = 20_000;
		this.listener.options((options) -> options.setMaxHandlerThreads(2)).start();
		byte[][] opens = new byte[streams][];
		for (int i = 0; i < streams; i++) {
			opens[i] = RawClient.bytes(new RequestFrame(2 * i + 1, "pool", new byte[1], 0, Map.of(), Kind.STREAM));
		}
		try (RawClient greedy = client(); RawClient other = client()) {
			Thread writer = new Thread(() -> greedy.write(RawClient.join(opens)));
			writer.start();
			ResponseFrame first = greedy.receive();
			assertThat(first.status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
			assertThat(first.undispatched()).isTrue();
			assertThat(first.message()).contains("256", "max-in-flight-per-connection", "'test'");
			assertThat(other.call("echo", "").status()).isEqualTo(Status.OK);
			assertThat(stats().requestsInFlight()).isEqualTo(256);
			for (int i = 257; i < streams; i++) {
				assertThat(greedy.receive().status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
			}
			assertThat(other.call("echo", "").status()).isEqualTo(Status.OK);
			writer.join();
		}
		Eventually.await("what they held is free", () -> stats().requestsInFlight() == 0);
	}

	@Test
	void anotherUserHasAQuarterOfTheRequestsInFlightAndGetsItBackWhenItsPeersHaveGone() {
		this.listener.options((options) -> {
			options.setMaxInFlight(8);
			options.setClocks(QUICK_CLOCKS);
		}).start();
		this.foreign.set(true);
		try (RawClient one = client(); RawClient two = client()) {
			one.send("later", "");
			two.send("later", "");
			awaitInFlight(2);
			ResponseFrame refused = one.receiveAnswerTo(one.send("echo", ""));
			assertThat(refused.status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
			assertThat(refused.undispatched()).isTrue();
			assertThat(refused.message()).contains("2 unanswered", "max-in-flight", "quarter", "'test'");
			assertThat(two.call("echo", "").status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
			this.foreign.set(false);
			try (RawClient own = client()) {
				for (int i = 0; i < 6; i++) {
					own.send("later", "");
				}
				awaitInFlight(8);
				refused = own.receiveAnswerTo(own.send("echo", ""));
				assertThat(refused.status()).isEqualTo(Status.RESOURCE_EXHAUSTED);
				assertThat(refused.message()).contains("8 unanswered", "max-in-flight", "'test'");
			}
		}
		Eventually.await("what they held is free", () -> stats().requestsInFlight() == 0);
		this.foreign.set(true);
		try (RawClient again = client()) {
			assertThat(again.call("echo", "").status()).isEqualTo(Status.OK);
		}
	}

	// --- peers that have gone

	@Test
	void theCallsOfAPeerThatHasGoneAreCancelledAndThoseOfAHalfClosedOneAreAnswered() {
		this.listener.options((options) -> options.setClocks(QUICK_CLOCKS)).start();
		try (RawClient halfClosed = client()) {
			halfClosed.write(requests("hold", 1), RawClient.request(3, "later", new byte[0]));
			halfClosed.shutdownOutput();
			awaitInFlight(2);
			// with each that is found to have gone, the other one was looked at as well
			for (int i = 1; i <= 3; i++) {
				try (RawClient gone = client()) {
					gone.write(requests("hold", 2), RawClient.request(5, "later", new byte[0]));
					awaitInFlight(5);
				}
				awaitInFlight(2);
				int cancelled = 2 * i;
				Eventually.await("they count as cancelled",
						() -> this.recorded.stream().filter("hold CANCELLED"::equals).count() == cancelled);
				Eventually.await("the connection is closed", () -> stats().connections() == 1);
			}
			Eventually.await("their threads have gone on", () -> this.running.get() == 1);
			this.release.countDown();
			assertThat(halfClosed.receiveAnswerTo(1).status()).isEqualTo(Status.OK);
			this.unanswered.forEach((callback) -> callback.reply(UdsReply.ok(new byte[0])));
			assertThat(halfClosed.receiveAnswerTo(3).status()).isEqualTo(Status.OK);
			assertThat(halfClosed.isAtEnd()).isTrue();
		}
	}

	@Test
	void callsOfAPeerThatHasGoneDoNotWaitForAThreadAnyMore() {
		this.listener.options((options) -> {
			options.setMaxHandlerThreads(2);
			options.setClocks(QUICK_CLOCKS);
		}).start();
		try (RawClient gone = client()) {
			gone.write(requests("deaf", 20));
			awaitInFlight(20);
			Eventually.await("one runs", () -> this.running.get() == 1);
		}
		// the one whose thread is still at work
		awaitInFlight(1);
		Eventually.await("the connection is closed", () -> stats().connections() == 0);
		try (RawClient next = client()) {
			assertThat(next.call("echo", "").status()).isEqualTo(Status.OK);
		}
		this.release.countDown();
		awaitInFlight(0);
		assertThat(this.running).as("the others never ran").hasValue(1);
	}

	private RawClient client() {
		return RawClient.connect(this.listener.path());
	}

	private UdsListenerStats stats() {
		return this.listener.container().stats();
	}

	private void awaitInFlight(int count) {
		Eventually.await(count + " are in flight, not " + stats().requestsInFlight(),
				() -> stats().requestsInFlight() == count);
	}

	private static byte[] requests(String route, int count) {
		byte[][] requests = new byte[count][];
		for (int i = 0; i < count; i++) {
			requests[i] = RawClient.request(2 * i + 1, route, new byte[0]);
		}
		return RawClient.join(requests);
	}

}
