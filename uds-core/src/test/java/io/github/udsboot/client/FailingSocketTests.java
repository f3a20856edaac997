package io.github.udsboot.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.client.shared.IoThread;
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
 * Sockets that fail as sockets seldom do. Whatever it is, it ends the connection, gives
 * every call an outcome, and lets the next call have a new one.
 */
@Timeout(60)
class FailingSocketTests {

	private final ScriptedServer server = new ScriptedServer().start();

	private final TestClient client = new TestClient(this.server.path(), TransportType.JDK);

	private final AtomicReference<Throwable> onRead = new AtomicReference<>();

	private final AtomicReference<Throwable> onWrite = new AtomicReference<>();

	private final AtomicReference<Runnable> beforeWrite = new AtomicReference<>();

	private final CountDownLatch atGate = new CountDownLatch(1);

	/** Reading waits here, where it is set. */
	private volatile CountDownLatch gate;

	private UdsTemplate template;

	@AfterEach
	void close() {
		this.template.close();
		this.server.close();
	}

	@Test
	void errorWhileReadingEndsTheConnection() throws Throwable {
		for (Throwable failure : new Throwable[] { new OutOfMemoryError("on purpose"),
				new IllegalStateException("on purpose"), new IOException("on purpose") }) {
			start();
			Caller<String> leader = Callers.start(() -> call("leader"));
			try (Peer peer = this.server.accept()) {
				var request = peer.request();
				leader.awaitLeading();
				Caller<String> follower = Callers.start(() -> call("follower"));
				follower.awaitFollowing();
				CompletableFuture<String> async = this.template.requestAsync("echo", "async", String.class);
				this.onRead.set(failure);
				peer.answer(request);
				assertThatExceptionOfType(UdsConnectionLostException.class).isThrownBy(leader::result)
					.withCause(failure);
				assertThatExceptionOfType(UdsConnectionLostException.class).isThrownBy(follower::result);
				assertThat(async).failsWithin(Callers.BOUND)
					.withThrowableThat()
					.withCauseInstanceOf(UdsConnectionLostException.class);
			}
			assertTheNextCallSucceeds();
		}
	}

	@Test
	void errorWhileWritingEndsTheConnection() throws Throwable {
		for (Throwable failure : new Throwable[] { new OutOfMemoryError("on purpose"),
				new IllegalStateException("on purpose") }) {
			start();
			CompletableFuture<String> pending = this.template.requestAsync("echo", "pending", String.class);
			try (Peer peer = this.server.accept()) {
				peer.request();
				this.onWrite.set(failure);
				// nothing of it was written: it goes to the next connection
				CompletableFuture<String> repeated = this.template.requestAsync("echo", "repeated", String.class);
				assertThat(pending).failsWithin(Callers.BOUND)
					.withThrowableThat()
					.withCauseInstanceOf(UdsConnectionLostException.class);
				try (Peer next = this.server.accept()) {
					next.answer(next.request());
					assertThat(repeated.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("repeated");
				}
			}
			assertTheNextCallSucceeds();
		}
	}

	@Test
	void serverThatOnlyWritesCostsTheCallsThatCannotBeWritten() throws Throwable {
		start();
		CompletableFuture<String> pending = this.template.requestAsync("echo", "pending", String.class);
		try (Peer peer = this.server.accept()) {
			peer.request();
			this.onWrite.set(new IOException("on purpose"));
			Caller<String> repeated = Callers.start(() -> call("repeated"));
			assertThat(pending).failsWithin(Callers.BOUND)
				.withThrowableThat()
				.withCauseInstanceOf(UdsConnectionLostException.class);
			try (Peer next = this.server.accept()) {
				next.answer(next.request());
				assertThat(repeated.result()).isEqualTo("repeated");
			}
		}
	}

	@Test
	void answerThatHasArrivedIsReadBeforeAConnectionIsClosedThatCannotBeWritten() throws Throwable {
		start();
		Caller<String> leader = Callers.start(() -> call("leader"));
		try (Peer peer = this.server.accept()) {
			var request = peer.request();
			leader.awaitLeading();
			this.gate = new CountDownLatch(1);
			this.beforeWrite.set(() -> {
				peer.answer(request);
				await(this.atGate);
			});
			this.onWrite.set(new IOException("on purpose"));
			CompletableFuture<String> repeated = this.template.requestAsync("echo", "repeated", String.class);
			long ticks = io().ticks();
			Awaitility.await().atMost(Callers.BOUND).until(() -> io().ticks() > ticks + 2);
			this.gate.countDown();
			assertThat(leader.result()).isEqualTo("leader");
			try (Peer next = this.server.accept()) {
				next.answer(next.request());
				assertThat(repeated.get(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo("repeated");
			}
		}
	}

	private IoThread io() {
		return Objects.requireNonNull(TestClient.connections(this.template).io());
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(Callers.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void start() {
		if (this.template != null) {
			this.template.close();
		}
		TestClient fresh = new TestClient(this.server.path(), TransportType.JDK);
		fresh.transport = new HookedTransport(this.client.transport) {

			@Override
			protected int read(UdsSocket socket, ByteBuffer target) throws IOException {
				CountDownLatch gate = FailingSocketTests.this.gate;
				if (gate != null) {
					FailingSocketTests.this.atGate.countDown();
					await(gate);
				}
				int count = super.read(socket, target);
				if (count > 0) {
					fail(FailingSocketTests.this.onRead);
				}
				return count;
			}

			@Override
			protected int write(UdsSocket socket, ByteBuffer source) throws IOException {
				Runnable before = FailingSocketTests.this.beforeWrite.getAndSet(null);
				if (before != null) {
					before.run();
				}
				fail(FailingSocketTests.this.onWrite);
				return super.write(socket, source);
			}

		};
		this.template = fresh.build();
	}

	private static void fail(AtomicReference<Throwable> with) throws IOException {
		Throwable failure = with.getAndSet(null);
		if (failure instanceof Error ex) {
			throw ex;
		}
		if (failure instanceof RuntimeException ex) {
			throw ex;
		}
		if (failure instanceof IOException ex) {
			throw ex;
		}
	}

	private void assertTheNextCallSucceeds() throws Throwable {
		Caller<String> caller = Callers.start(() -> call("next"));
		try (Peer peer = this.server.accept()) {
			peer.answer(peer.request());
			assertThat(caller.result()).isEqualTo("next");
		}
	}

	private String call(String text) {
		return this.template.request("echo", text, String.class);
	}

}
