package io.github.udsboot.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.github.udsboot.connection.Outbox.Flush;
import io.github.udsboot.interleaving.Interleaving;
import io.github.udsboot.interleaving.Interleavings;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.testsupport.FakeSocket;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every order in which two threads offer and flush, to a kernel that takes a frame in
 * parts.
 */
class OutboxInterleavingTests {

	@Test
	void allThatIsOfferedIsWrittenOnceAndInOrderThoughTheKernelTakesItInParts() {
		assertThat(Interleavings.explore(TwoWriters.class, 2, Outbox.class, FrameBatch.class)).isGreaterThan(100);
	}

	@Test
	void aFrameThatCountsAsUnsentIsNotWritten() {
		assertThat(Interleavings.explore(CloseAgainstWrite.class, 3, Outbox.class, FrameBatch.class)).isGreaterThan(20);
	}

	static class TwoWriters implements Interleaving {

		private final FakeSocket socket = new FakeSocket();

		private final Outbox outbox = new Outbox(this.socket, new BusyPoll(Duration.ZERO));

		TwoWriters() {
			this.socket.makeRoom(3);
		}

		@Override
		public List<Runnable> actors() {
			return List.of(() -> write("abcd"), () -> write("efgh"));
		}

		private void write(String text) {
			try {
				this.outbox.offer(new EncodedFrame(text.getBytes(), new byte[0]));
				Flush flush = this.outbox.flush();
				while (flush == Flush.BLOCKED) {
					this.socket.makeRoom(3);
					flush = this.outbox.resume();
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void check() {
			assertThat(new String(this.socket.written())).isIn("abcdefgh", "efghabcd");
			assertThat(this.outbox.queuedBytes()).isZero();
			assertThat(this.outbox.queuedFrames()).isZero();
			assertThat(this.socket.hadTwoWritersAtOnce()).isFalse();
		}

	}

	/** A connection is closed, then asked what of it was not sent. */
	static class CloseAgainstWrite implements Interleaving {

		private final FakeSocket socket = new FakeSocket();

		private final Outbox outbox = new Outbox(this.socket, new BusyPoll(Duration.ZERO));

		private long position;

		private boolean unsent;

		@Override
		public List<Runnable> actors() {
			return List.of(this::write, this::close);
		}

		private void write() {
			this.position = this.outbox.offer(new EncodedFrame("abcd".getBytes(), new byte[0]));
			try {
				this.outbox.flush();
			}
			catch (IOException ex) {
				// the socket is closed
			}
		}

		private void close() {
			this.socket.close();
			this.outbox.close();
			this.unsent = this.outbox.isUnsent(0);
		}

		@Override
		public void check() {
			if (this.unsent) {
				assertThat(this.socket.written()).isEmpty();
			}
			assertThat(this.position).isIn(0L, -1L);
		}

	}

}
