package io.github.udsboot.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.shared.ResponseReader;
import io.github.udsboot.client.shared.SharedConnection;
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

/**
 * Servers that start late, come back, drain, or want no connection; and what may be
 * repeated then.
 */
@ParameterizedClass
@EnumSource(names = { "JDK", "JUNIXSOCKET" })
@Timeout(60)
class ServerAwayTests {

	private final ScriptedServer server = new ScriptedServer();

	@Parameter
	private TransportType transport;

	private TestClient client;

	private UdsTemplate template;

	private final List<Peer> peers = new ArrayList<>();

	@BeforeEach
	void prepare() {
		this.client = new TestClient(this.server.path(), this.transport);
	}

	@AfterEach
	void close() {
		if (this.template != null) {
			this.template.close();
		}
		this.peers.forEach(Peer::close);
		this.server.close();
	}

	@Test
	void callsMadeBeforeTheServerStartsSucceed() throws Throwable {
		start();
		Caller<String> blocking = Callers.start(() -> call("blocking"));
		CompletableFuture<String> async = this.template.requestAsync("echo", "async", String.class);
		awaitConnectFailures(3);
		assertThat(async).isNotDone();
		this.server.start();
		Peer peer = accept();
		peer.answer(peer.request());
		peer.answer(peer.request());
		assertThat(blocking.result()).isEqualTo("blocking");
		assertThat(async.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("async");
	}

	@Test
	void callsFailAtOnceWhenTheyAreNotToWait() {
		this.client.waitForServer = Duration.ZERO;
		start();
		assertThatExceptionOfType(UdsUnavailableException.class).isThrownBy(() -> call("blocking"))
			.withMessageContaining("no socket")
			.withMessageContaining("was not sent")
			.satisfies((ex) -> assertThat(ex.getRoute()).isEqualTo("echo"))
			.satisfies((ex) -> assertThat(ex.getSocketPath()).isEqualTo(this.server.path().toString()))
			.satisfies((ex) -> assertThat(ex.getStatus()).isEqualTo(Status.UNAVAILABLE));
		assertThatExceptionOfType(UdsUnavailableException.class).isThrownBy(() -> this.template.send("echo", "send"));
		assertThat(this.template.requestAsync("echo", "async", String.class)).failsWithin(Callers.BOUND)
			.withThrowableThat()
			.withCauseInstanceOf(UdsUnavailableException.class);
		// one attempt a call; the I/O thread may make one more for the call without a
		// thread
		assertThat(this.template.getConnectionFactory().stats().connectFailures()).isBetween(3L, 4L);
	}

	@Test
	void callThatIsNotToWaitSeesAServerThatHasJustStarted() throws Throwable {
		this.client.waitForServer = Duration.ZERO;
		this.client.initialBackoff = Duration.ofSeconds(10);
		this.client.maxBackoff = Duration.ofSeconds(10);
		start();
		assertThatExceptionOfType(UdsUnavailableException.class).isThrownBy(() -> call("first"));
		this.server.start();
		Caller<String> second = Callers.start(() -> call("second"));
		Peer peer = accept();
		peer.answer(peer.request());
		assertThat(second.result()).isEqualTo("second");
	}

	@Test
	void crowdThatWaitsMakesNoMoreAttemptsThanOneCaller() throws Throwable {
		this.client.initialBackoff = Duration.ofMillis(50);
		this.client.maxBackoff = Duration.ofMillis(50);
		start();
		List<Caller<String>> callers = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			callers.add(Callers.start(() -> call("call")));
		}
		long began = System.nanoTime();
		awaitConnectFailures(10);
		this.server.start();
		Peer peer = accept();
		for (int i = 0; i < 50; i++) {
			peer.answer(peer.request());
		}
		for (Caller<String> caller : callers) {
			assertThat(caller.result()).isEqualTo("call");
		}
		// at least 25 ms apart, but for newcomers, who may try 50 ms after the last one
		long most = (System.nanoTime() - began) / 25_000_000 * 2 + 3;
		assertThat(this.template.getConnectionFactory().stats().connectFailures()).isBetween(10L, most);
		assertThat(this.template.getConnectionFactory().stats().connects()).isEqualTo(1);
	}

	@Test
	void interruptEndsTheWaitForTheServer() throws Throwable {
		start();
		Caller<Boolean> caller = Callers.start(() -> {
			assertThatExceptionOfType(UdsCancelledException.class).isThrownBy(() -> call("call"))
				.withMessageContaining("was not sent");
			return Thread.currentThread().isInterrupted();
		});
		awaitConnectFailures(2);
		caller.thread().interrupt();
		assertThat(caller.result()).isTrue();
	}

	@Test
	void interruptedThreadMakesNoCall() throws Throwable {
		this.server.start();
		start();
		Caller<Boolean> caller = Callers.start(() -> {
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(UdsCancelledException.class).isThrownBy(() -> call("call"))
				.withMessageContaining("was not sent");
			assertThatExceptionOfType(UdsCancelledException.class).isThrownBy(() -> this.template.send("echo", "call"))
				.withMessageContaining("was not sent");
			return Thread.currentThread().isInterrupted();
		});
		assertThat(caller.result()).isTrue();
		assertThat(this.template.getConnectionFactory().stats().connects()).isZero();
	}

	@Test
	void closeEndsTheWaitForTheServer() throws Throwable {
		start();
		Caller<String> caller = Callers.start(() -> call("call"));
		CompletableFuture<String> async = this.template.requestAsync("echo", "async", String.class);
		awaitConnectFailures(2);
		this.template.close();
		assertThatExceptionOfType(UdsCancelledException.class).isThrownBy(caller::result)
			.withMessageContaining("was not sent");
		assertThat(async).failsWithin(Callers.BOUND)
			.withThrowableThat()
			.withCauseInstanceOf(UdsCancelledException.class);
		assertThatExceptionOfType(UdsCancelledException.class).isThrownBy(() -> call("after"));
	}

	@Test
	void connectionThatWentStaleIsReplacedUnnoticed() throws Throwable {
		goStale();
		Caller<String> second = Callers.start(() -> call("second"));
		Peer next = accept();
		next.answer(next.request());
		assertThat(second.result()).isEqualTo("second");
	}

	@Test
	void connectionThatWentStaleIsReplacedUnnoticedByAnAsynchronousCall() throws Throwable {
		goStale();
		CompletableFuture<String> second = this.template.requestAsync("echo", "second", String.class);
		Peer next = accept();
		next.answer(next.request());
		assertThat(second.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("second");
	}

	@Test
	void connectionThatWentStaleIsReplacedUnnoticedByAOneWayCall() throws Throwable {
		goStale();
		this.template.send("echo", "second");
		Peer next = accept();
		RequestFrame second = next.request();
		assertThat(ScriptedServer.text(second)).isEqualTo("second");
		next.answer(second);
	}

	/**
	 * Have one connection whose end no thread has seen. A call without a thread would
	 * leave it watched, and its end might be seen while the next request is written: then
	 * that may have been sent.
	 */
	private void goStale() throws Throwable {
		this.server.start();
		this.client.watchIdle = false;
		start();
		exchange("first").close();
	}

	@Test
	void idleConnectionThatEndsIsClosed() throws Throwable {
		this.server.start();
		start();
		exchange("first").close();
		Callers.await().until(() -> this.template.getConnectionFactory().stats().connections() == 0);
	}

	@Test
	void callThatMayHaveBeenSentIsNeverRepeated() throws Throwable {
		this.server.start();
		start();
		Caller<String> caller = Callers.start(() -> call("call"));
		CompletableFuture<String> async = this.template.requestAsync("echo", "async", String.class);
		Peer peer = accept();
		peer.request();
		peer.request();
		peer.close();
		assertThatExceptionOfType(UdsConnectionLostException.class).isThrownBy(caller::result)
			.withMessageContaining("may have been executed");
		assertThat(async).failsWithin(Callers.BOUND)
			.withThrowableThat()
			.withCauseInstanceOf(UdsConnectionLostException.class);
		Peer next = exchange("next");
		next.close();
		assertThat(this.template.getConnectionFactory().stats().connects()).isEqualTo(2);
	}

	@Test
	void requestOfWhichAPartWasWrittenIsNotRepeated() throws Throwable {
		this.server.start();
		start();
		byte[] large = new byte[3 << 20];
		Caller<byte[]> caller = Callers.start(() -> this.template.request("echo", large, byte[].class));
		Peer peer = accept();
		Callers.await().until(() -> caller.isIn(ResponseReader.class));
		peer.close();
		assertThatExceptionOfType(UdsConnectionLostException.class).isThrownBy(caller::result);
	}

	@Test
	void requestQueuedBehindAnotherIsRepeatedWhenNoByteOfItWasWritten() throws Throwable {
		this.server.start();
		start();
		byte[] large = new byte[3 << 20];
		CompletableFuture<byte[]> first = this.template.requestAsync("echo", large, byte[].class);
		Peer peer = accept();
		CompletableFuture<String> second = this.template.requestAsync("echo", "second", String.class);
		peer.close();
		assertThat(first).failsWithin(Callers.BOUND)
			.withThrowableThat()
			.withCauseInstanceOf(UdsConnectionLostException.class);
		Peer next = accept();
		next.answer(next.request());
		assertThat(second.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("second");
	}

	@Test
	void answerThatCameBeforeTheEndIsStillTaken() throws Throwable {
		this.server.start();
		AtomicBoolean answered = new AtomicBoolean();
		this.client.transport = new HookedTransport(this.client.transport) {

			@Override
			protected int read(UdsSocket socket, ByteBuffer target) throws IOException {
				// nothing is seen before the end has come as well
				return answered.get() ? super.read(socket, target) : 0;
			}

		};
		start();
		CompletableFuture<String> first = this.template.requestAsync("echo", "first", String.class);
		Peer peer = accept();
		peer.answer(peer.request());
		peer.close();
		answered.set(true);
		assertThat(first.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("first");
	}

	@Test
	void drainingServerIsLeftForItsSuccessor() throws Throwable {
		this.server.start();
		this.client.watchIdle = false;
		start();
		CompletableFuture<String> pending = this.template.requestAsync("echo", "pending", String.class);
		Peer old = accept();
		RequestFrame accepted = old.request();
		Caller<String> refused = Callers.start(() -> call("refused"));
		old.refuse(old.request(), Status.UNAVAILABLE);
		Peer next = accept();
		next.answer(next.request());
		assertThat(refused.result()).isEqualTo("refused");
		assertThat(this.template.getConnectionFactory().stats().connections()).isEqualTo(2);
		old.answer(accepted);
		assertThat(pending.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("pending");
		assertThat(old.nextOrEnd()).isNull();
		Callers.await().until(() -> this.template.getConnectionFactory().stats().connections() == 1);
	}

	@Test
	void refusalBeforeDispatchIsRepeatedWithinTheTimeToWaitOnly() {
		this.server.start();
		this.client.waitForServer = Duration.ofMillis(200);
		start();
		AtomicInteger refused = new AtomicInteger();
		Caller<Void> refusing = Callers.start(() -> {
			while (true) {
				try (Peer peer = this.server.accept()) {
					RequestFrame request = peer.nextOrEnd();
					if (request != null) {
						peer.refuse(request, Status.UNAVAILABLE);
						refused.incrementAndGet();
						peer.nextOrEnd();
					}
				}
			}
		});
		assertThatExceptionOfType(UdsUnavailableException.class).isThrownBy(() -> call("call"))
			.withMessageContaining("no handler has seen the call");
		assertThat(this.template.requestAsync("echo", "async", String.class)).failsWithin(Callers.BOUND)
			.withThrowableThat()
			.withCauseInstanceOf(UdsUnavailableException.class);
		assertThat(refused).hasValueGreaterThan(2);
		this.server.stop();
		Callers.await().until(() -> refusing.future().isDone());
	}

	@Test
	void retiredConnectionIsClosedWhenItsLastCallTimesOut() throws Throwable {
		this.server.start();
		this.client.watchIdle = false;
		start();
		Caller<String> hopeless = Callers.start(() -> this.template.route("echo")
			.payload("hopeless")
			.timeout(Duration.ofMillis(500))
			.retrieve(String.class));
		Peer old = accept();
		old.request();
		Caller<String> refused = Callers.start(() -> call("refused"));
		old.refuse(old.request(), Status.UNAVAILABLE);
		Peer next = accept();
		next.answer(next.request());
		assertThat(refused.result()).isEqualTo("refused");
		assertThatExceptionOfType(UdsDeadlineExceededException.class).isThrownBy(hopeless::result);
		assertThat(old.nextOrEnd()).isNull();
		assertThat(this.template.getConnectionFactory().stats().connections()).isEqualTo(1);
	}

	@Test
	void closeEndsTheCallsOfRetiredConnectionsToo() throws Throwable {
		this.server.start();
		start();
		CompletableFuture<String> pending = this.template.requestAsync("echo", "pending", String.class);
		Peer old = accept();
		old.request();
		CompletableFuture<String> refused = this.template.requestAsync("echo", "refused", String.class);
		old.refuse(old.request(), Status.UNAVAILABLE);
		Peer next = accept();
		next.answer(next.request());
		assertThat(refused.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("refused");
		this.template.close();
		assertThat(pending).failsWithin(Callers.BOUND)
			.withThrowableThat()
			.withCauseInstanceOf(UdsConnectionLostException.class);
		assertThat(old.nextOrEnd()).isNull();
	}

	@Test
	void connectionRetiresBeforeItsStreamIdsRunOut() throws Throwable {
		this.server.start();
		long last = (1L << 32) - (1L << 16) - 1;
		this.client.firstStreamId = last - 2;
		start();
		Peer first = accept(() -> call("one"));
		assertThat(answer(first)).isEqualTo(last - 2);
		Caller<String> two = Callers.start(() -> call("two"));
		assertThat(answer(first)).isEqualTo(last);
		two.result();
		Caller<String> three = Callers.start(() -> call("three"));
		Peer second = accept();
		assertThat(answer(second)).isEqualTo(last - 2);
		three.result();
		assertThat(first.nextOrEnd()).isNull();
		CompletableFuture<String> four = this.template.requestAsync("echo", "four", String.class);
		assertThat(answer(second)).isEqualTo(last);
		four.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS);
		CompletableFuture<String> five = this.template.requestAsync("echo", "five", String.class);
		assertThat(answer(accept())).isEqualTo(last - 2);
		assertThat(five.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("five");
		assertThat(second.nextOrEnd()).isNull();
	}

	@Test
	void serverThatClosesAtOnceIsNotCalledInAHotLoop() {
		this.server.start();
		this.client.waitForServer = Duration.ofMillis(300);
		this.client.initialBackoff = Duration.ofMillis(20);
		start();
		Caller<Void> closing = Callers.start(() -> {
			while (true) {
				this.server.accept().close();
			}
		});
		long began = System.nanoTime();
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(UdsException.class).isThrownBy(() -> call("call"))
				.isInstanceOfAny(UdsUnavailableException.class, UdsConnectionLostException.class);
			assertThat(this.template.requestAsync("echo", "async", String.class)).failsWithin(Callers.BOUND);
			try {
				this.template.send("echo", "send");
			}
			catch (UdsUnavailableException ex) {
				assertThat(ex).hasMessageContaining("was not sent");
			}
		}
		// two attempts a call at once, then each after 10 ms at least
		long most = (System.nanoTime() - began) / 10_000_000 + 9 * 2 + 9 * 2;
		assertThat(this.template.getConnectionFactory().stats().connects()).isBetween(1L, most);
		this.server.stop();
		Callers.await().until(() -> closing.future().isDone());
	}

	@Test
	void serverThatWantsNoFurtherConnectionIsNotPressed() throws Throwable {
		this.server.start();
		this.client.maxConnections = 2;
		this.client.maxBackoff = Duration.ofSeconds(30);
		start();
		CompletableFuture<String> pending = this.template.requestAsync("echo", "pending", String.class);
		Peer first = accept();
		RequestFrame request = first.request();
		Caller<Void> closing = Callers.start(() -> {
			while (true) {
				this.server.accept().close();
			}
		});
		int lost = 0;
		for (int i = 0; i < 30; i++) {
			Caller<String> caller = Callers.start(() -> call("call"));
			Callers.await()
				.until(() -> caller.future().isDone() || caller.isIn(ResponseReader.class)
						|| caller.isIn(SharedConnection.class));
			lost += caller.future().isDone() ? 1 : 0;
		}
		assertThat(lost).isLessThanOrEqualTo(4);
		assertThat(this.template.getConnectionFactory().stats().connects()).isLessThanOrEqualTo(4);
		first.answer(request);
		assertThat(pending.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("pending");
		this.server.stop();
		Callers.await().until(() -> closing.future().isDone());
	}

	private void start() {
		this.template = this.client.build();
	}

	private Peer accept() {
		Peer peer = this.server.accept();
		this.peers.add(peer);
		return peer;
	}

	private Peer accept(Callable<?> call) {
		Callers.start(call);
		return accept();
	}

	private static long answer(Peer peer) {
		RequestFrame request = peer.request();
		peer.answer(request);
		return request.streamId();
	}

	private Peer exchange(String text) throws Throwable {
		Caller<String> caller = Callers.start(() -> call(text));
		Peer peer = accept();
		peer.answer(peer.request());
		assertThat(caller.result()).isEqualTo(text);
		return peer;
	}

	private void awaitConnectFailures(int count) {
		Callers.await().until(() -> this.template.getConnectionFactory().stats().connectFailures() >= count);
	}

	private String call(String text) {
		return this.template.request("echo", text, String.class);
	}

}
