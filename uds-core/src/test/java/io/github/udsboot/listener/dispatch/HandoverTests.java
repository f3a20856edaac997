package io.github.udsboot.listener.dispatch;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.annotation.Execution;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.testsupport.Eventually;
import io.github.udsboot.testsupport.RawClient;
import io.github.udsboot.testsupport.TestListener;
import io.github.udsboot.transport.TransportType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers that run on an event loop and last.
 */
@ParameterizedClass
@EnumSource(value = TransportType.class, names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class HandoverTests {

	private static final int CALLS = 60;

	private final TestListener listener;

	/** Holds the handler of "hold" until the test lets it go. */
	private final CountDownLatch release = new CountDownLatch(1);

	private final AtomicInteger held = new AtomicInteger();

	HandoverTests(TransportType transport) {
		this.listener = new TestListener(transport).options((options) -> {
			options.setEventLoops(1);
			options.setDrainTimeout(Duration.ofSeconds(10));
		});
		this.listener.handle("hold", (request, callback) -> {
			this.held.incrementAndGet();
			this.release.await();
			callback.reply(UdsReply.ok(request.payload()));
		});
		this.listener.handle("thread",
				(request, callback) -> callback.reply(UdsReply.ok(Thread.currentThread().getName().getBytes())));
	}

	@AfterEach
	void stop() {
		this.release.countDown();
		this.listener.close();
	}

	@Test
	void otherConnectionsGoOnWhileAHandlerLasts() {
		this.listener.start();
		try (RawClient slow = client(); RawClient quick = client()) {
			slow.send("hold", "slow");
			awaitHeld(1);
			assertThat(text(quick.call("echo", "quick"))).isEqualTo("quick");
			assertThat(handovers()).isPositive();
			this.release.countDown();
			assertThat(text(slow.receive())).isEqualTo("slow");
		}
	}

	@Test
	void furtherFramesOfTheSameConnectionGoOnWhileAHandlerLasts() {
		this.listener.start();
		try (RawClient client = client()) {
			long slow = client.send("hold", "slow");
			awaitHeld(1);
			long later = client.send("echo", "later");
			ResponseFrame first = client.receive();
			assertThat(first.streamId()).isEqualTo(later);
			assertThat(text(first)).isEqualTo("later");
			this.release.countDown();
			assertThat(client.receive().streamId()).isEqualTo(slow);
		}
	}

	@Test
	void framesOfTheSameReadGoOnWhileAHandlerLasts() {
		this.listener.start();
		try (RawClient client = client()) {
			client.write(join(request(1, "echo", "before"), request(3, "hold", "slow"), request(5, "echo", "after"),
					request(7, "echo", "more")));
			List<Long> answered = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				answered.add(client.receive().streamId());
			}
			assertThat(answered).containsExactly(1L, 5L, 7L);
			assertThat(this.held).as("decoded once only").hasValue(1);
			this.release.countDown();
			assertThat(client.receive().streamId()).isEqualTo(3);
		}
	}

	@Test
	void manyCallsOfAHandlerThatLastsDoNotCostTheLoopItsOwnerEachTime() {
		this.listener.start();
		try (RawClient client = client()) {
			byte[][] calls = new byte[CALLS][];
			Arrays.setAll(calls, (i) -> request(2 * i + 1, "hold", "slow"));
			client.write(join(calls));
			awaitHeld(CALLS);
			// further ones only after the first 100 ms, 300 ms, 700 ms
			assertThat(handovers()).isBetween(1L, CALLS / 5L);
		}
	}

	@Test
	void answersCorkedBehindASlowCallAreFlushedByTheNewOwner() {
		this.listener.start();
		try (RawClient client = client()) {
			client.write(join(request(1, "echo", "corked"), request(3, "hold", "slow")));
			assertThat(client.receive().streamId()).isEqualTo(1);
			assertThat(this.held).hasValue(1);
		}
	}

	@Test
	void aNewOwnerFlushesWhatWasCorkedEvenIfNothingElseComes() {
		// the frame behind the slow one is incomplete: nothing but the flush can send the
		// first answer
		this.listener.start();
		try (RawClient client = client()) {
			byte[] partial = request(5, "echo", "partial");
			client.write(join(request(1, "echo", "corked"), request(3, "hold", "slow"),
					Arrays.copyOf(partial, partial.length - 1)));
			assertThat(client.receive().streamId()).isEqualTo(1);
			client.write(new byte[] { partial[partial.length - 1] });
			assertThat(text(client.receive())).isEqualTo("partial");
		}
	}

	@Test
	void sixtyFourHeldHandlersDoNotStopASixtyFifthCall() {
		this.listener.start();
		List<RawClient> clients = new ArrayList<>();
		try {
			for (int i = 0; i < 64; i++) {
				RawClient client = client();
				clients.add(client);
				client.send("hold", "" + i);
			}
			awaitHeld(64);
			try (RawClient last = client()) {
				assertThat(text(last.call("echo", "65"))).isEqualTo("65");
			}
			this.release.countDown();
			for (int i = 0; i < 64; i++) {
				assertThat(text(clients.get(i).receive())).isEqualTo("" + i);
			}
		}
		finally {
			clients.forEach(RawClient::close);
		}
	}

	@Test
	void callsBeyondTheBoundOfHandlerThreadsWaitAndThenComplete() {
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		Semaphore permits = new Semaphore(0);
		this.listener.options((options) -> options.setMaxHandlerThreads(3))
			.handle("work", Execution.POOL, (request, callback) -> {
				most.accumulateAndGet(running.incrementAndGet(), Math::max);
				permits.acquire();
				running.decrementAndGet();
				callback.reply(UdsReply.ok(request.payload()));
			})
			.start();
		try (RawClient client = client(); RawClient other = client()) {
			for (int i = 0; i < 20; i++) {
				client.send("work", "" + i);
			}
			Eventually.await("a connection has half of the threads", () -> running.get() == 2);
			long waits = other.send("work", "other");
			Eventually.await("all threads are taken", () -> running.get() == 3);
			long last = other.send("work", "waits");
			Eventually.await("all calls are accepted",
					() -> this.listener.container().stats().requestsInFlight() == 22);
			assertThat(this.listener.container().stats().handlerThreads()).isEqualTo(3);
			assertThat(other.hasReceivedNothing()).isTrue();
			permits.release(1000);
			Set<String> answers = new TreeSet<>();
			for (int i = 0; i < 20; i++) {
				answers.add(text(client.receive()));
			}
			assertThat(answers).hasSize(20);
			assertThat(List.of(other.receive().streamId(), other.receive().streamId())).containsExactlyInAnyOrder(waits,
					last);
		}
		assertThat(most).hasValue(3);
		Eventually.await("all threads are free", () -> this.listener.container().stats().handlerThreads() == 0);
	}

	@Test
	void aHandlerThatLastedRunsOnThePoolForAWhileAndThenOnTheLoopAgain() {
		Set<String> names = ConcurrentHashMap.newKeySet();
		AtomicInteger calls = new AtomicInteger();
		this.listener.handle("moody", (request, callback) -> {
			if (calls.incrementAndGet() == 1) {
				this.release.await();
			}
			names.add(Thread.currentThread().getName());
			callback.reply(UdsReply.ok(Thread.currentThread().getName().getBytes()));
		}).start();
		try (RawClient client = client()) {
			String owner = text(client.call("thread", ""));
			client.send("moody", "");
			Eventually.await("handed over", () -> handovers() >= 1);
			this.release.countDown();
			assertThat(text(client.receive())).as("the thread that began it").isEqualTo(owner);
			// how long it stays on the pool is InlineHistoryTests' matter
			Eventually.await("back on the loop",
					() -> text(client.call("moody", "")).equals(text(client.call("thread", ""))));
		}
	}

	@Test
	void aLoopThatWasHandedOverIsHandedOverAgain() {
		this.listener.start();
		for (int i = 0; i < 5; i++) {
			int number = i;
			this.listener.handle("hold" + i, (request, callback) -> {
				this.held.incrementAndGet();
				this.release.await();
				callback.reply(UdsReply.ok(new byte[] { (byte) number }));
			});
		}
		try (RawClient client = client()) {
			for (int i = 0; i < 5; i++) {
				client.send("hold" + i, "");
				awaitHeld(i + 1);
				Eventually.await("handed over", () -> handovers() >= this.held.get());
			}
			this.release.countDown();
			Set<Long> answered = new TreeSet<>();
			for (int i = 0; i < 5; i++) {
				answered.add(client.receive().streamId());
			}
			assertThat(answered).containsExactly(1L, 3L, 5L, 7L, 9L);
		}
	}

	@Test
	void aThreadThatLostTheLoopTouchesNothingOfIt() {
		// the one that lost ends while the new owner is at work on the same connection
		CountDownLatch first = new CountDownLatch(1);
		this.listener.handle("first", (request, callback) -> {
			this.held.incrementAndGet();
			first.await();
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		try (RawClient client = client(); RawClient other = client()) {
			client.write(join(request(1, "first", ""), request(3, "hold", ""), request(5, "echo", "third")));
			assertThat(client.receive().streamId()).as("a third thread owns the loop").isEqualTo(5);
			first.countDown();
			assertThat(client.receive().streamId()).isEqualTo(1);
			client.write(request(7, "echo", "more"));
			assertThat(client.receive().streamId()).isEqualTo(7);
			assertThat(text(other.call("echo", "other"))).isEqualTo("other");
			this.release.countDown();
			assertThat(client.receive().streamId()).isEqualTo(3);
			assertThat(this.held).as("each request was run once").hasValue(2);
		}
	}

	@Test
	void anInterruptLeftByAHandlerDoesNotDisturbTheLoop() {
		AtomicReference<Thread> owner = new AtomicReference<>();
		this.listener.handle("interrupt", (request, callback) -> {
			owner.set(Thread.currentThread());
			Thread.currentThread().interrupt();
			callback.reply(UdsReply.ok(request.payload()));
		}).options((options) -> options.setBusyPoll(Duration.ZERO)).start();
		try (RawClient client = client()) {
			assertThat(text(client.call("interrupt", "a"))).isEqualTo("a");
			assertThat(text(client.call("echo", "b"))).isEqualTo("b");
			assertThat(owner.get().isInterrupted()).isFalse();
			assertAsleep(owner.get());
		}
	}

	@Test
	void anInterruptFromOutsideDoesNotMakeTheLoopSpin() {
		AtomicReference<Thread> owner = new AtomicReference<>();
		this.listener.handle("who", (request, callback) -> {
			owner.set(Thread.currentThread());
			callback.reply(UdsReply.ok(request.payload()));
		}).options((options) -> options.setBusyPoll(Duration.ZERO)).start();
		try (RawClient client = client()) {
			client.call("who", "");
			owner.get().interrupt();
			Eventually.await("the flag is cleared", () -> !owner.get().isInterrupted());
			assertAsleep(owner.get());
			assertThat(text(client.call("echo", "b"))).isEqualTo("b");
		}
	}

	/** A thread that sleeps uses no processor time; one that spins uses all it gets. */
	private static void assertAsleep(Thread thread) {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		long before = threads.getThreadCpuTime(thread.getId());
		long until = System.nanoTime() + 100_000_000;
		while (System.nanoTime() < until) {
			LockSupport.parkNanos(5_000_000);
		}
		assertThat(Duration.ofNanos(threads.getThreadCpuTime(thread.getId()) - before))
			.isLessThan(Duration.ofMillis(20));
	}

	@Test
	void errorsOfAHandlerBecomeAnswersAndTheLoopGoesOn() {
		this.listener.handle("memory", (request, callback) -> {
			throw new OutOfMemoryError("expected by the test");
		});
		this.listener.handle("stack", (request, callback) -> overflow(0));
		this.listener.handle("exception", (request, callback) -> {
			throw new IllegalStateException("expected by the test");
		});
		this.listener.start();
		try (RawClient client = client()) {
			for (String route : List.of("memory", "stack", "exception")) {
				ResponseFrame response = client.call(route, "");
				assertThat(response.status()).as(route).isEqualTo(Status.INTERNAL);
				assertThat(response.message()).doesNotContain("expected by the test");
				assertThat(response.undispatched()).isFalse();
			}
			assertThat(text(client.call("echo", "alive"))).isEqualTo("alive");
			assertThat(this.listener.container().stats().requestsInFlight()).isZero();
		}
	}

	@SuppressWarnings("InfiniteRecursion")
	private static int overflow(int depth) {
		return overflow(depth + 1) + 1;
	}

	@Test
	void anErrorOfAHandlerThatLostTheLoopBecomesAnAnswer() {
		this.listener.handle("late", (request, callback) -> {
			this.held.incrementAndGet();
			this.release.await();
			throw new OutOfMemoryError("expected by the test");
		}).start();
		try (RawClient client = client()) {
			client.send("late", "");
			awaitHeld(1);
			Eventually.await("handed over", () -> handovers() >= 1);
			this.release.countDown();
			assertThat(client.receive().status()).isEqualTo(Status.INTERNAL);
			assertThat(text(client.call("echo", "alive"))).isEqualTo("alive");
			Eventually.await("the thread is free", () -> this.listener.container().stats().handlerThreads() == 0);
		}
	}

	@Test
	void quickCallsOfOtherConnectionsAreNotStarvedByRequestsThatAreMerelyNotQuick() {
		// each call is too short to be handed over, and there are many in one read
		AtomicInteger ran = new AtomicInteger();
		this.listener.handle("short", (request, callback) -> {
			long until = System.nanoTime() + 2_000_000;
			while (System.nanoTime() < until) {
				Thread.onSpinWait();
			}
			ran.incrementAndGet();
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		try (RawClient greedy = client(); RawClient other = client()) {
			other.call("echo", "warm");
			int calls = 500;
			byte[][] requests = new byte[calls][];
			for (int i = 0; i < calls; i++) {
				requests[i] = request(2 * i + 1, "short", "");
			}
			greedy.write(join(requests));
			Eventually.await("the greedy one is served", () -> ran.get() > 0);
			assertThat(text(other.call("echo", "other"))).isEqualTo("other");
			assertThat(ran).as("served when the other call was answered").hasValueLessThan(calls / 2);
			Set<Long> answered = new TreeSet<>();
			for (int i = 0; i < calls; i++) {
				answered.add(greedy.receive().streamId());
			}
			assertThat(answered).hasSize(calls);
		}
	}

	@Test
	void aConnectionThatIsPolledDoesNotStarveTheOthers() throws Exception {
		// the busy one always has its next call there before the loop would sleep
		CountDownLatch stop = new CountDownLatch(1);
		AtomicInteger ran = new AtomicInteger();
		this.listener.options((options) -> options.setBusyPoll(Duration.ofMillis(200)));
		this.listener.handle("short", (request, callback) -> {
			long until = System.nanoTime() + 3_000_000;
			while (System.nanoTime() < until) {
				Thread.onSpinWait();
			}
			ran.incrementAndGet();
			callback.reply(UdsReply.ok(request.payload()));
		}).start();
		try (RawClient busy = client(); RawClient other = client()) {
			other.call("echo", "warm");
			Thread caller = new Thread(() -> {
				while (stop.getCount() > 0) {
					busy.call("short", "");
				}
			});
			caller.start();
			Eventually.await("the busy one is served", () -> ran.get() > 5);
			int before = ran.get();
			for (int i = 0; i < 5; i++) {
				assertThat(text(other.call("echo", "other"))).isEqualTo("other");
			}
			assertThat(ran.get() - before).as("calls of the busy one meanwhile").isLessThan(80);
			stop.countDown();
			caller.join();
		}
	}

	private RawClient client() {
		return RawClient.connect(this.listener.path());
	}

	private void awaitHeld(int count) {
		Eventually.await(count + " handlers are held", () -> this.held.get() == count);
	}

	private long handovers() {
		return this.listener.container().stats().handovers();
	}

	private static byte[] request(long streamId, String route, String payload) {
		return RawClient.request(streamId, route, payload.getBytes());
	}

	private static byte[] join(byte[]... parts) {
		return RawClient.join(parts);
	}

	private static String text(ResponseFrame response) {
		assertThat(response.status()).isEqualTo(Status.OK);
		return new String(response.payload());
	}

}
