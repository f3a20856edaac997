package io.github.udsboot.client.shared;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.client.TestClient;
import io.github.udsboot.client.UdsTemplate;
import io.github.udsboot.client.call.ClientLimits;
import io.github.udsboot.protocol.RequestFrame;
import io.github.udsboot.testsupport.Callers;
import io.github.udsboot.testsupport.Callers.Caller;
import io.github.udsboot.testsupport.HookedTransport;
import io.github.udsboot.testsupport.ScriptedServer;
import io.github.udsboot.testsupport.ScriptedServer.Peer;
import io.github.udsboot.transport.TransportType;
import io.github.udsboot.transport.UdsSocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Callers on one connection read for each other. The I/O thread does not watch idle
 * connections here: a wake-up that gets lost is lost for good.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class ReadingRoleTests {

	private final ScriptedServer server = new ScriptedServer().start();

	@Parameter
	private TransportType transport;

	private TestClient client;

	private UdsTemplate template;

	private Peer peer;

	@BeforeEach
	void prepare() {
		this.client = new TestClient(this.server.path(), this.transport);
		this.client.watchIdle = false;
	}

	@AfterEach
	void close() {
		if (this.template != null) {
			this.template.close();
		}
		if (this.peer != null) {
			this.peer.close();
		}
		this.server.close();
	}

	@Test
	void leaderCompletesTheCallsOfOthers() throws Throwable {
		Caller<String> first = lead();
		Caller<String> second = follow("second");
		this.peer.answer(this.peer.request());
		assertThat(second.result()).isEqualTo("second");
		assertThat(first.isIn(ResponseReader.class)).isTrue();
		this.peer.answer(1, bytes("late"));
		assertThat(first.result()).isEqualTo("late");
	}

	@Test
	void leaderWithItsAnswerPassesTheRoleOn() throws Throwable {
		Caller<String> first = lead();
		Caller<String> second = follow("second");
		RequestFrame request = this.peer.request();
		this.peer.answer(1, bytes("first"));
		assertThat(first.result()).isEqualTo("first");
		second.awaitLeading();
		this.peer.answer(request);
		assertThat(second.result()).isEqualTo("second");
	}

	@Test
	void leaderThatTimesOutPassesTheRoleOn() throws Throwable {
		Caller<String> first = lead(Duration.ofMillis(300));
		Caller<String> second = follow("second");
		RequestFrame request = this.peer.request();
		assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(first::result)
			.withMessageContaining("may have been executed");
		second.awaitLeading();
		this.peer.answer(request);
		assertThat(second.result()).isEqualTo("second");
	}

	@Test
	void interruptedLeaderLosesItsCallAndNotTheConnection() throws Throwable {
		AtomicReference<Boolean> flag = new AtomicReference<>();
		start();
		Caller<String> first = Callers.start(() -> {
			try {
				return call("first");
			}
			finally {
				flag.set(Thread.currentThread().isInterrupted());
			}
		});
		this.peer = this.server.accept();
		this.peer.request();
		first.awaitLeading();
		Caller<String> second = follow("second");
		RequestFrame request = this.peer.request();
		first.thread().interrupt();
		assertThatExceptionOfType(UdsCancelledException.class).isThrownBy(first::result)
			.withMessageContaining("may have been executed");
		assertThat(flag.get()).isTrue();
		second.awaitLeading();
		this.peer.answer(request);
		assertThat(second.result()).isEqualTo("second");
		assertThat(this.template.getConnectionFactory().stats().connects()).isEqualTo(1);
	}

	@Test
	void interruptedFollowerLosesItsCallOnly() throws Throwable {
		Caller<String> first = lead();
		Caller<String> second = follow("second");
		this.peer.request();
		second.thread().interrupt();
		assertThatExceptionOfType(UdsCancelledException.class).isThrownBy(second::result);
		this.peer.answer(1, bytes("first"));
		assertThat(first.result()).isEqualTo("first");
		assertThat(this.template.getConnectionFactory().stats().connects()).isEqualTo(1);
	}

	@Test
	void designatedCallerThatLeavesPassesTheRoleOnInItsTurn() throws Throwable {
		CompletableFuture<String> first = leadWithoutCall();
		Caller<String> second = follow("second");
		RequestFrame secondRequest = this.peer.request();
		AtomicReference<Throwable> outcome = new AtomicReference<>();
		Thread third = new LeftAlone(() -> {
			try {
				call("third");
			}
			catch (UdsCancelledException ex) {
				outcome.set(ex);
			}
		}, true);
		third.start();
		third.join(Callers.BOUND.toMillis());
		assertThat(outcome.get()).isInstanceOf(UdsCancelledException.class);
		second.awaitLeading();
		this.peer.answer(secondRequest);
		assertThat(second.result()).isEqualTo("second");
		this.peer.answer(1, bytes("first"));
		assertThat(first.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("first");
	}

	@Test
	void callerThatIsAboutToSleepIsFoundByALeaderThatLeaves() throws Throwable {
		CompletableFuture<String> first = leadWithoutCall();
		AtomicReference<String> answer = new AtomicReference<>();
		Thread second = new LeftAlone(() -> answer.set(call("second")), false);
		second.start();
		RequestFrame request = this.peer.request();
		new Caller<>(second, null).awaitLeading();
		this.peer.answer(1, bytes("first"));
		assertThat(first.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("first");
		this.peer.answer(request);
		second.join(Callers.BOUND.toMillis());
		assertThat(answer).hasValue("second");
	}

	@Test
	void leaderThatLeavesWhileTheIoThreadStopsToWatchIsNotMissed() throws Throwable {
		AtomicBoolean left = new AtomicBoolean();
		this.client.transport = new HookedTransport(this.client.transport) {

			@Override
			protected void changing(int from, int to) {
				if ((from & ~to & SelectionKey.OP_READ) != 0 && left.compareAndSet(false, true)) {
					// it finds the flag still set, and so relies on the I/O thread
					connection().role().leave();
				}
			}

		};
		CompletableFuture<String> first = leadWithoutCall();
		this.peer.answer(1, bytes("first"));
		assertThat(first.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("first");
		assertThat(left).isTrue();
	}

	/** Have a call pending that no thread waits for, and the reading role held. */
	private CompletableFuture<String> leadWithoutCall() {
		start();
		CompletableFuture<String> call = this.template.requestAsync("echo", "first", String.class);
		this.peer = this.server.accept();
		assertThat(this.peer.request().streamId()).isEqualTo(1);
		await(() -> connection().armed().get() && connection().role().tryLead());
		return call;
	}

	private static void await(Callable<Boolean> condition) {
		Callers.await().until(condition);
	}

	@Test
	void ioThreadTakesOverWhenNobodyWhoWaitsCanLead() throws Throwable {
		Caller<String> first = lead();
		CompletableFuture<String> second = this.template.requestAsync("echo", "second", String.class);
		RequestFrame request = this.peer.request();
		this.peer.answer(1, bytes("first"));
		assertThat(first.result()).isEqualTo("first");
		this.peer.answer(request);
		assertThat(second.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("second");
	}

	@Test
	void ioThreadTakesOverForVirtualThreads() throws Throwable {
		assumeTrue(Callers.hasVirtualThreads());
		Caller<String> first = lead();
		Caller<String> second = Callers.start(true, () -> call("second"));
		RequestFrame request = this.peer.request();
		this.peer.answer(1, bytes("first"));
		assertThat(first.result()).isEqualTo("first");
		this.peer.answer(request);
		assertThat(second.result()).isEqualTo("second");
	}

	@Test
	void roleIsClaimedBeforeTheRequestIsWritten() throws Throwable {
		List<Boolean> led = new ArrayList<>();
		this.client.transport = new HookedTransport(this.client.transport) {

			@Override
			protected int write(UdsSocket socket, ByteBuffer source) throws IOException {
				led.add(connection().role().isLed());
				return super.write(socket, source);
			}

		};
		Caller<String> first = lead();
		this.peer.answer(1, bytes("first"));
		first.result();
		assertThat(led).containsExactly(true);
	}

	@Test
	void requestLeftToALeaderThatIsAwakeIsWrittenBeforeItSleeps() throws Throwable {
		AwakeLeader leader = new AwakeLeader();
		Caller<String> second = follow("second");
		assertThat(leader.writers).as("left to the leader").containsExactly(leader.caller.thread());
		leader.goOn.countDown();
		RequestFrame request = this.peer.request();
		assertThat(ScriptedServer.text(request)).isEqualTo("second");
		assertThat(leader.writers).containsExactly(leader.caller.thread(), leader.caller.thread());
		this.peer.answer(request);
		assertThat(second.result()).isEqualTo("second");
		this.peer.answer(1, bytes("first"));
		assertThat(leader.caller.result()).isEqualTo("first");
	}

	@Test
	void requestLeftToALeaderThatLeavesIsWritten() throws Throwable {
		AwakeLeader leader = new AwakeLeader();
		Caller<String> second = follow("second");
		this.peer.answer(1, bytes("first"));
		leader.goOn.countDown();
		assertThat(leader.caller.result()).isEqualTo("first");
		this.peer.answer(this.peer.request());
		assertThat(second.result()).isEqualTo("second");
		assertThat(leader.writers).containsExactly(leader.caller.thread(), leader.caller.thread());
	}

	@Test
	void ioThreadStopsToWatchWhatSomebodyLeads() throws Throwable {
		start();
		CompletableFuture<String> first = this.template.requestAsync("echo", "first", String.class);
		this.peer = this.server.accept();
		this.peer.request();
		await(() -> connection().armed().get());
		assertThat(connection().role().tryLead()).isTrue();
		this.peer.answer(1, bytes("first"));
		await(() -> !connection().armed().get());
		assertThat(first).isNotDone();
		connection().role().leave();
		assertThat(first.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("first");
	}

	@Test
	void answerToACallThatWasGivenUpReachesNobodyElse() throws Throwable {
		this.client.maxInFlight = 4;
		start();
		Caller<String> late = Callers.start(() -> this.template.route("echo")
			.timeout(Duration.ofMillis(100))
			.payload("late")
			.retrieve(String.class));
		this.peer = this.server.accept();
		RequestFrame lost = this.peer.request();
		assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(late::result);
		assertThat(this.template.getConnectionFactory().stats().requestsInFlight()).isZero();
		// so many further calls that each slot has been taken twice
		for (int i = 0; i < 130; i++) {
			String text = "call " + i;
			Caller<String> caller = Callers.start(() -> call(text));
			RequestFrame request = this.peer.request();
			this.peer.answer(lost, "late");
			this.peer.answer(request);
			assertThat(caller.result()).isEqualTo(text);
		}
	}

	@Test
	void slowCallDelaysNoOther() throws Throwable {
		Caller<String> slow = lead();
		for (int i = 0; i < 50; i++) {
			String text = "call " + i;
			Caller<String> caller = Callers.start(() -> call(text));
			this.peer.answer(this.peer.request());
			assertThat(caller.result()).isEqualTo(text);
		}
		assertThat(slow.future()).isNotDone();
		this.peer.answer(1, bytes("slow"));
		assertThat(slow.result()).isEqualTo("slow");
	}

	@Test
	void requestThatTheSocketDoesNotTakeAtOnceIsFinishedByTheIoThread() throws Throwable {
		this.client.limits = new ClientLimits(64 << 20, 64 << 20, Duration.ZERO, Duration.ZERO);
		start();
		byte[] large = new byte[3 << 20];
		for (int i = 0; i < large.length; i++) {
			large[i] = (byte) (i * 31);
		}
		List<Caller<byte[]>> callers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			callers.add(Callers.start(() -> this.template.request("echo", large, byte[].class)));
		}
		this.peer = this.server.accept();
		// nothing more can be written until this is read, and yet nobody blocks
		await(() -> this.template.getConnectionFactory().stats().requestsInFlight() == 4);
		Caller<String> small = Callers.start(() -> call("small"));
		await(() -> this.template.getConnectionFactory().stats().requestsInFlight() == 5);
		for (int i = 0; i < 5; i++) {
			this.peer.answer(this.peer.request());
		}
		for (Caller<byte[]> caller : callers) {
			assertThat(caller.result()).isEqualTo(large);
		}
		assertThat(small.result()).isEqualTo("small");
	}

	@Test
	void interruptOfTheIoThreadIsForgotten() throws Throwable {
		start();
		CompletableFuture<String> first = this.template.requestAsync("echo", "first", String.class);
		this.peer = this.server.accept();
		RequestFrame request = this.peer.request();
		Thread io = TestClient.connections(this.template).io().thread();
		io.interrupt();
		await(() -> !io.isInterrupted());
		this.peer.answer(request);
		assertThat(first.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("first");
	}

	@Test
	void closeWakesWhoeverWaits() throws Throwable {
		Caller<String> leader = lead();
		Caller<String> follower = follow("second");
		CompletableFuture<String> async = this.template.requestAsync("echo", "third", String.class);
		this.template.close();
		assertThatExceptionOfType(UdsConnectionLostException.class).isThrownBy(leader::result);
		assertThatExceptionOfType(UdsConnectionLostException.class).isThrownBy(follower::result);
		assertThat(async).failsWithin(Callers.BOUND)
			.withThrowableThat()
			.withCauseInstanceOf(UdsConnectionLostException.class);
	}

	@Test
	void endOfTheConnectionWakesWhoeverWaits() throws Throwable {
		Caller<String> leader = lead();
		Caller<String> follower = follow("second");
		CompletableFuture<String> async = this.template.requestAsync("echo", "third", String.class);
		this.peer.close();
		assertThatExceptionOfType(UdsConnectionLostException.class).isThrownBy(leader::result)
			.withMessageContaining("may have been executed");
		assertThatExceptionOfType(UdsConnectionLostException.class).isThrownBy(follower::result);
		assertThat(async).failsWithin(Callers.BOUND)
			.withThrowableThat()
			.withCauseInstanceOf(UdsConnectionLostException.class);
	}

	private void start() {
		this.template = this.client.build();
	}

	private Caller<String> lead() {
		return lead(this.client.timeout);
	}

	/** Begin a call that stands unanswered, with stream id 1. */
	private Caller<String> lead(Duration timeout) {
		start();
		Caller<String> caller = Callers
			.start(() -> this.template.route("echo").timeout(timeout).payload("first").retrieve(String.class));
		this.peer = this.server.accept();
		assertThat(this.peer.request().streamId()).isEqualTo(1);
		caller.awaitLeading();
		return caller;
	}

	private Caller<String> follow(String text) {
		Caller<String> caller = Callers.start(() -> call(text));
		caller.awaitFollowing();
		return caller;
	}

	private String call(String text) {
		return this.template.request("echo", text, String.class);
	}

	private SharedConnection connection() {
		return TestClient.connections(this.template).ready();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/** A caller that leads and is held up, awake, when it is about to read. */
	private final class AwakeLeader {

		private final CountDownLatch goOn = new CountDownLatch(1);

		private final List<Thread> writers = new CopyOnWriteArrayList<>();

		private final Caller<String> caller;

		private AwakeLeader() throws Exception {
			AtomicReference<Thread> reader = new AtomicReference<>();
			ReadingRoleTests.this.client.transport = new HookedTransport(ReadingRoleTests.this.client.transport) {

				@Override
				protected int write(UdsSocket socket, ByteBuffer source) throws IOException {
					AwakeLeader.this.writers.add(Thread.currentThread());
					return super.write(socket, source);
				}

				@Override
				protected int read(UdsSocket socket, ByteBuffer target) throws IOException {
					if (reader.compareAndSet(null, Thread.currentThread())) {
						awaitQuietly(AwakeLeader.this.goOn);
					}
					return super.read(socket, target);
				}

			};
			start();
			this.caller = Callers.start(() -> call("first"));
			ReadingRoleTests.this.peer = ReadingRoleTests.this.server.accept();
			assertThat(ReadingRoleTests.this.peer.request().streamId()).isEqualTo(1);
			Callers.await().until(() -> reader.get() == this.caller.thread());
		}

		private static void awaitQuietly(CountDownLatch latch) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	/**
	 * Makes one call, which finds the reading role taken; it becomes free just before the
	 * thread goes to sleep.
	 */
	private final class LeftAlone extends Thread {

		private final boolean interrupted;

		private int looks;

		private LeftAlone(Runnable call, boolean interrupted) {
			super(call);
			this.interrupted = interrupted;
		}

		@Override
		public boolean isInterrupted() {
			if (Thread.currentThread() != this) {
				return super.isInterrupted();
			}
			this.looks++;
			if (this.looks == 1) {
				// before the call
				return false;
			}
			if (this.looks == 2) {
				connection().role().leave();
			}
			return this.interrupted;
		}

	}

}
