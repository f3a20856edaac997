package io.github.udsboot.connection;

import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.memory.MemoryAccount;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.testsupport.FakeSocket;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who waits for room, and who makes it.
 */
@Timeout(60)
class ConnectionOutputTests {

	private static final Duration OFF = Duration.ZERO;

	private static final int CAPACITY = 1000;

	private final FakeSocket socket = new FakeSocket();

	@Test
	void aSenderThatWaitsIsWokenByTheOwnerWhoWritesItsMessageWithAnAnswer() throws Exception {
		try (Selector selector = Selector.open()) {
			LoopConnection connection = connection(selector);
			AtomicReference<Thread> sender = new AtomicReference<>();
			CompletableFuture<Boolean> room = new CompletableFuture<>();
			this.socket.duringWrite(() -> {
				if (sender.get() == null) {
					sender.set(new Thread(() -> room.complete(sendMuchAndAwaitRoom(connection))));
					sender.get().start();
					Awaitility.await().until(() -> sender.get().getState() == Thread.State.TIMED_WAITING);
				}
			});
			connection.cork(new EncodedFrame(new byte[1], new byte[0]));
			connection.flushCorked();
			assertThat(this.socket.written()).hasSize(1 + CAPACITY + 1);
			assertThat(room.get(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	private static boolean sendMuchAndAwaitRoom(LoopConnection connection) {
		connection.push(new EncodedFrame(new byte[CAPACITY + 1], new byte[0]));
		try {
			return connection.awaitRoom(TimeUnit.SECONDS.toNanos(30));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private LoopConnection connection(Selector selector) {
		ConnectionClocks clocks = new ConnectionClocks(OFF, OFF, OFF, OFF);
		ConnectionLimits limits = new ConnectionLimits(CAPACITY, clocks, OFF);
		EventLoop loop = new EventLoop(selector, new HandoverWatcher(), new BoundedExecutor(Runnable::run, 1), limits);
		return new LoopConnection(loop, this.socket, null,
				new LineProtocol().newReader(Side.SERVER, FrameLimits.DEFAULTS), (connection) -> new NoHandler(),
				limits, MemoryAccount.UNLIMITED, ThreadShare.unlimited());
	}

	private static final class NoHandler implements ConnectionHandler {

		@Override
		public boolean frame(LoopConnection connection, Frame frame) {
			return true;
		}

		@Override
		public void closed(LoopConnection connection, CloseReason reason, @Nullable Throwable cause) {
		}

	}

}
