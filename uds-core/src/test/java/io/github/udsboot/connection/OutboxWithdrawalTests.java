package io.github.udsboot.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.connection.Outbox.Flush;
import io.github.udsboot.interleaving.Interleaving;
import io.github.udsboot.interleaving.Interleavings;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.testsupport.FakeSocket;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Frames that are taken back before they are written.
 */
@Timeout(60)
class OutboxWithdrawalTests {

	private static final int BUFFER = 64 << 10;

	private final FakeSocket socket = new FakeSocket();

	private final Outbox outbox = new Outbox(this.socket, new BusyPoll(Duration.ZERO));

	@Test
	void aFrameThatIsTakenBackIsNotWritten() throws Exception {
		this.outbox.offer(frame("first"));
		long second = this.outbox.offer(frame("second"));
		this.outbox.offer(frame("third"));
		assertThat(this.outbox.withdraw(second)).isTrue();
		assertThat(this.outbox.withdraw(second)).as("a second time").isFalse();
		assertThat(this.outbox.queuedBytes()).isEqualTo(10);
		assertThat(this.outbox.queuedFrames()).isEqualTo(2);
		assertThat(this.outbox.flush()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).asString().isEqualTo("firstthird");
		assertThat(this.outbox.queuedBytes()).isZero();
		assertThat(this.outbox.queuedFrames()).isZero();
	}

	@Test
	void soIsOneThatWasOnItsWayToAKernelThatIsFull() throws Exception {
		this.socket.makeRoom(2);
		long first = this.outbox.offer(frame("first"));
		long second = this.outbox.offer(frame("second"));
		long third = this.outbox.offer(frame("third"));
		this.outbox.offer(frame("fourth"));
		assertThat(this.outbox.flush()).isEqualTo(Flush.BLOCKED);
		long fifth = this.outbox.offer(frame("fifth"));
		assertThat(this.outbox.withdraw(first)).as("a part of it was written").isFalse();
		assertThat(this.outbox.withdraw(second)).isTrue();
		assertThat(this.outbox.withdraw(third)).isTrue();
		assertThat(this.outbox.withdraw(fifth)).isTrue();
		assertThat(this.outbox.queuedBytes()).isEqualTo(9);
		this.socket.makeRoom(Long.MAX_VALUE);
		assertThat(this.outbox.resume()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).asString().isEqualTo("firstfourth");
		assertThat(this.outbox.queuedBytes()).isZero();
		assertThat(this.outbox.queuedFrames()).isZero();
	}

	@Test
	void soIsOneThatIsTakenBackDuringAWriteThatTheKernelCutsShort() throws Exception {
		this.outbox.offer(new EncodedFrame(new byte[BUFFER], new byte[0]));
		long second = this.outbox.offer(frame("second"));
		this.outbox.offer(frame("third"));
		this.socket.makeRoom(BUFFER - 1);
		List<Boolean> during = new ArrayList<>();
		this.socket.duringWrite(() -> during.add(this.outbox.withdrawEvenLate(second)));
		assertThat(this.outbox.flush()).isEqualTo(Flush.BLOCKED);
		this.socket.duringWrite(() -> {
		});
		assertThat(during).as("it might have been written at the same time").containsExactly(false);
		this.socket.makeRoom(Long.MAX_VALUE);
		assertThat(this.outbox.resume()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).hasSize(BUFFER + 5).endsWith("third".getBytes());
		assertThat(this.outbox.queuedBytes()).isZero();
	}

	@Test
	void oneThatIsStillWaitedForIsTakenBackAtOnceOrWritten() throws Exception {
		this.outbox.offer(new EncodedFrame(new byte[BUFFER], new byte[0]));
		long second = this.outbox.offer(frame("second"));
		this.socket.makeRoom(BUFFER - 1);
		List<Boolean> during = new ArrayList<>();
		this.socket.duringWrite(() -> during.add(this.outbox.withdraw(second)));
		assertThat(this.outbox.flush()).isEqualTo(Flush.BLOCKED);
		this.socket.duringWrite(() -> {
		});
		assertThat(during).containsExactly(false);
		this.socket.makeRoom(Long.MAX_VALUE);
		assertThat(this.outbox.resume()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).hasSize(BUFFER + 6).endsWith("second".getBytes());
	}

	@Test
	void whenAllThatAFullKernelDidNotTakeIsTakenBackThenNothingIsBlocked() throws Exception {
		this.socket.makeRoom(0);
		long position = this.outbox.offer(frame("first"));
		this.outbox.flush();
		assertThat(this.outbox.withdraw(position)).isTrue();
		this.outbox.offer(frame("second"));
		assertThat(this.outbox.blockedSince()).as("the kernel is still full").isNotZero();
		this.outbox.resume();
		assertThat(this.outbox.blockedSince()).isNotZero();
		this.socket.makeRoom(Long.MAX_VALUE);
		this.outbox.resume();
		assertThat(this.outbox.blockedSince()).isZero();
		this.socket.makeRoom(0);
		long third = this.outbox.offer(frame("third"));
		this.outbox.flush();
		this.outbox.withdraw(third);
		assertThat(this.outbox.resume()).isEqualTo(Flush.DONE);
		assertThat(this.outbox.blockedSince()).isZero();
	}

	@Test
	void behindAGapItIsStillKnownWhatWasSent() throws Exception {
		long first = this.outbox.offer(frame("first"));
		long second = this.outbox.offer(frame("second"));
		this.outbox.withdraw(first);
		this.socket.makeRoom(0);
		this.outbox.flush();
		assertThat(this.outbox.isUnsent(second)).isTrue();
		this.socket.makeRoom(1);
		this.outbox.resume();
		assertThat(this.outbox.isUnsent(second)).isFalse();
		long third = this.outbox.offer(frame("third"));
		this.socket.makeRoom(5);
		this.outbox.resume();
		assertThat(this.outbox.isUnsent(third)).as("the kernel took exactly the second").isTrue();
	}

	@Test
	void aClosedOutboxTakesNothingBack() throws Exception {
		this.socket.makeRoom(0);
		long position = this.outbox.offer(frame("frame"));
		this.outbox.flush();
		this.outbox.close();
		assertThat(this.outbox.withdraw(position)).isFalse();
		assertThat(this.outbox.withdraw(-1)).isFalse();
	}

	@Test
	void whateverIsTakenBackTheRestIsWrittenInOrder() throws Exception {
		for (int seed = 0; seed < 300; seed++) {
			Random random = new Random(seed);
			FakeSocket socket = new FakeSocket();
			Outbox outbox = new Outbox(socket, new BusyPoll(Duration.ZERO));
			TreeMap<Long, String> expected = new TreeMap<>();
			boolean blocked = false;
			for (int step = 0; step < 200; step++) {
				switch (random.nextInt(4)) {
					case 0, 1 -> {
						int length = (random.nextInt(10) != 0) ? 1 + random.nextInt(9) : 70_000;
						String text = step + "-".repeat(length);
						expected.put(outbox.offer(frame(text)), text);
					}
					case 2 -> {
						if (!expected.isEmpty()) {
							Long position = new ArrayList<>(expected.keySet()).get(random.nextInt(expected.size()));
							if (outbox.withdraw(position)) {
								expected.remove(position);
							}
						}
					}
					default -> {
						socket.makeRoom(random.nextInt(30_000));
						Flush flush = blocked ? outbox.resume() : outbox.flush();
						blocked = flush == Flush.BLOCKED;
					}
				}
			}
			socket.makeRoom(Long.MAX_VALUE);
			Flush flush = blocked ? outbox.resume() : outbox.flush();
			while (flush == Flush.BLOCKED) {
				flush = outbox.resume();
			}
			assertThat(new String(socket.written())).as("with seed %d", seed)
				.isEqualTo(String.join("", expected.values()));
			assertThat(outbox.queuedBytes()).isZero();
			assertThat(outbox.queuedFrames()).isZero();
		}
	}

	@Test
	void inEveryOrderAFrameIsTakenBackOrWritten() {
		assertThat(Interleavings.explore(WithdrawAgainstWrite.class, 2, Outbox.class, FrameBatch.class))
			.isGreaterThan(50);
		assertThat(Interleavings.explore(WithdrawAtOnceAgainstWrite.class, 2, Outbox.class, FrameBatch.class))
			.isGreaterThan(50);
	}

	private static EncodedFrame frame(String text) {
		return new EncodedFrame(text.getBytes(), new byte[0]);
	}

	/** The kernel is full at first, while a thread takes its frame back. */
	static class WithdrawAgainstWrite implements Interleaving {

		final FakeSocket socket = new FakeSocket();

		final Outbox outbox = new Outbox(this.socket, new BusyPoll(Duration.ZERO));

		final long position;

		boolean withdrawn;

		WithdrawAgainstWrite() {
			this.socket.makeRoom(2);
			this.outbox.offer(new EncodedFrame("abcd".getBytes(), new byte[0]));
			this.position = this.outbox.offer(new EncodedFrame("efgh".getBytes(), new byte[0]));
			this.outbox.offer(new EncodedFrame("ijkl".getBytes(), new byte[0]));
		}

		@Override
		public List<Runnable> actors() {
			return List.of(this::write, () -> this.withdrawn = this.outbox.withdrawEvenLate(this.position));
		}

		final void write() {
			try {
				Flush flush = this.outbox.flush();
				while (flush == Flush.BLOCKED) {
					this.socket.makeRoom(3);
					flush = this.outbox.resume();
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void check() {
			if (this.withdrawn) {
				assertThat(new String(this.socket.written())).isEqualTo("abcdijkl");
			}
			else {
				// taken back after all, or written
				assertThat(new String(this.socket.written())).isIn("abcdefghijkl", "abcdijkl");
			}
			assertThat(this.outbox.queuedBytes()).isZero();
			assertThat(this.outbox.queuedFrames()).isZero();
		}

	}

	/** The frame is still waited for: it is not lost. */
	static class WithdrawAtOnceAgainstWrite extends WithdrawAgainstWrite {

		@Override
		public List<Runnable> actors() {
			return List.of(this::write, () -> this.withdrawn = this.outbox.withdraw(this.position));
		}

		@Override
		public void check() {
			assertThat(new String(this.socket.written())).isEqualTo(this.withdrawn ? "abcdijkl" : "abcdefghijkl");
			assertThat(this.outbox.queuedBytes()).isZero();
			assertThat(this.outbox.queuedFrames()).isZero();
		}

	}

}
