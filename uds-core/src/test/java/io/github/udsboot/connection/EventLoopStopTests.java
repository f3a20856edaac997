package io.github.udsboot.connection;

import java.nio.channels.Selector;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import io.github.udsboot.memory.MemoryAccount;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameLimits;
import io.github.udsboot.protocol.WireProtocol.Side;
import io.github.udsboot.protocol.line.LineProtocol;
import io.github.udsboot.testsupport.FakeSocket;

import static org.assertj.core.api.Assertions.assertThat;

class EventLoopStopTests {

	@Test
	void whenTheLoopIsStoppedWhileItRunsItsTasksThenItEndsWithoutAnotherWakeUp() throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		try {
			EventLoop loop = new EventLoop(Selector.open(), new HandoverWatcher(), new BoundedExecutor(threads, 1),
					new ConnectionLimits(1 << 20, ConnectionClocks.DEFAULTS, null));
			loop.startOwner();
			// the task that is to wake the loop up comes while it runs tasks anyway
			loop.execute(loop::stop);
			assertThat(loop.termination().await(30, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whenTheLoopIsStoppedThenNoMessageThatWaitsBegins() throws Exception {
		try (Selector selector = Selector.open()) {
			ConnectionLimits limits = new ConnectionLimits(1 << 20, ConnectionClocks.DEFAULTS, null);
			EventLoop loop = new EventLoop(selector, new HandoverWatcher(), new BoundedExecutor(Runnable::run, 1),
					limits);
			AtomicInteger begun = new AtomicInteger();
			LoopConnection connection = new LoopConnection(loop, new FakeSocket(), null,
					new LineProtocol().newReader(Side.SERVER, FrameLimits.DEFAULTS), (self) -> new Counting(begun),
					limits, MemoryAccount.UNLIMITED, ThreadShare.unlimited());
			connection.decode(EventLoop.NO_BYTES);
			assertThat(begun).hasValue(1);
			loop.stop();
			// a new owner goes on where the old one was
			assertThat(connection.decode(EventLoop.NO_BYTES)).isTrue();
			assertThat(begun).hasValue(1);
		}
	}

	private record Counting(AtomicInteger begun) implements ConnectionHandler {

		@Override
		public boolean proceed(LoopConnection connection) {
			this.begun.incrementAndGet();
			return true;
		}

		@Override
		public boolean frame(LoopConnection connection, Frame frame) {
			return true;
		}

		@Override
		public void closed(LoopConnection connection, CloseReason reason, Throwable cause) {
		}

	}

}
