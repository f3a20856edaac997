package io.github.udsboot.connection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.connection.Outbox.Flush;
import io.github.udsboot.protocol.EncodedFrame;
import io.github.udsboot.testsupport.FakeSocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

@Timeout(60)
class OutboxTests {

	private static final int BUFFER = 64 << 10;

	private static final byte[] NOTHING = {};

	private final FakeSocket socket = new FakeSocket();

	private final Outbox outbox = new Outbox(this.socket, new BusyPoll(Duration.ZERO));

	@Test
	void writesAllFramesOfferedBeforeInOneCall() throws Exception {
		this.outbox.offer(frame("one", "1"));
		this.outbox.offer(frame("two", ""));
		this.outbox.offer(frame("", "three"));
		assertThat(this.outbox.flush()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).asString().isEqualTo("one1twothree");
		assertThat(this.socket.writes()).containsExactly(12);
		assertThat(this.outbox.queuedBytes()).isZero();
	}

	/** Else the peer could send the next request while it seems to have this one open. */
	@Test
	void aRequestIsCountedOutBeforeItsAnswerCanBeWrittenByAnybody() throws Exception {
		AtomicInteger owed = new AtomicInteger();
		AtomicInteger written = new AtomicInteger();
		AtomicInteger tooEarly = new AtomicInteger();
		this.socket.duringWrite(() -> {
			tooEarly.addAndGet(owed.get());
			written.incrementAndGet();
		});
		AtomicBoolean over = new AtomicBoolean();
		Thread other = new Thread(() -> {
			while (!over.get()) {
				flush();
			}
		});
		other.start();
		try {
			for (int i = 0; i < 20_000; i++) {
				owed.set(1);
				assertThat(this.outbox.offer(frame("x", ""), owed)).isEqualTo(i);
				while (written.get() == i) {
					Thread.onSpinWait();
				}
			}
		}
		finally {
			over.set(true);
			other.join();
		}
		assertThat(tooEarly).hasValue(0);
		assertThat(owed).hasValue(0);
	}

	@Test
	void whatAClosedOutboxDoesNotTakeIsStillOwed() {
		AtomicInteger owed = new AtomicInteger(1);
		this.outbox.close();
		assertThat(this.outbox.offer(frame("x", ""), owed)).isEqualTo(-1);
		assertThat(owed).hasValue(1);
	}

	@Test
	void writesNothingWhenNothingWasOffered() throws Exception {
		assertThat(this.outbox.flush()).isEqualTo(Flush.DONE);
		assertThat(this.socket.writes()).isEmpty();
	}

	@Test
	void leavesFramesOfferedDuringAWriteToTheOneWhoWrites() throws Exception {
		List<Flush> others = new ArrayList<>();
		AtomicBoolean first = new AtomicBoolean(true);
		this.socket.duringWrite(() -> {
			if (first.getAndSet(false)) {
				this.outbox.offer(frame("b", ""));
				others.add(flush());
				this.outbox.offer(frame("c", ""));
				others.add(flush());
			}
		});
		this.outbox.offer(frame("a", ""));
		assertThat(this.outbox.flush()).isEqualTo(Flush.DONE);
		assertThat(others).containsExactly(Flush.BUSY, Flush.BUSY);
		assertThat(this.socket.written()).asString().isEqualTo("abc");
		assertThat(this.socket.writes()).as("the two are combined").containsExactly(1, 2);
	}

	@Test
	void goesOnWhereTheKernelStoppedAtEveryByte() throws Exception {
		byte[] expected = "headbodyHEADBODY".getBytes();
		for (int room = 0; room < expected.length; room++) {
			FakeSocket socket = new FakeSocket();
			Outbox outbox = new Outbox(socket, new BusyPoll(Duration.ZERO));
			socket.makeRoom(room);
			outbox.offer(frame("head", "body"));
			outbox.offer(frame("HEAD", "BODY"));
			assertThat(outbox.flush()).isEqualTo(Flush.BLOCKED);
			assertThat(outbox.queuedBytes()).isEqualTo(expected.length - room);
			socket.makeRoom(0);
			assertThat(outbox.resume()).isEqualTo(Flush.BLOCKED);
			socket.makeRoom(Long.MAX_VALUE);
			assertThat(outbox.resume()).isEqualTo(Flush.DONE);
			assertThat(socket.written()).as("after %d bytes", room).isEqualTo(expected);
			assertThat(outbox.queuedBytes()).isZero();
		}
	}

	@Test
	void keepsTheFlushingRoleWhileTheKernelIsFull() throws Exception {
		this.socket.makeRoom(1);
		this.outbox.offer(frame("abc", ""));
		assertThat(this.outbox.flush()).isEqualTo(Flush.BLOCKED);
		this.outbox.offer(frame("def", ""));
		this.socket.makeRoom(Long.MAX_VALUE);
		assertThat(this.outbox.flush()).as("the role belongs to who waits for the socket").isEqualTo(Flush.BUSY);
		assertThat(this.socket.written()).asString().isEqualTo("a");
		assertThat(this.outbox.resume()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).asString().isEqualTo("abcdef");
	}

	@Test
	void leavesWhatOthersOfferWithoutEndToTheLoop() throws Exception {
		String large = "x".repeat(BufferPool.BUFFER_SIZE);
		AtomicInteger offers = new AtomicInteger(1);
		this.socket.duringWrite(() -> {
			long until = System.nanoTime() + 2_000_000;
			while (System.nanoTime() - until < 0) {
				Thread.onSpinWait();
			}
			// bounded, so that an outbox that writes on and on fails and does not hang
			if (offers.get() < 100) {
				offers.incrementAndGet();
				this.outbox.offer(frame(large, ""));
			}
		});
		this.outbox.offer(frame(large, ""));
		assertThat(this.outbox.flush()).isEqualTo(Flush.BLOCKED);
		assertThat(this.outbox.blockedSince()).as("the kernel may just have become full").isNotZero();
		assertThat(offers.get()).isLessThan(10);
		assertThat(this.outbox.flush()).isEqualTo(Flush.BUSY);
		offers.addAndGet(100);
		Flush flush = this.outbox.resume();
		while (flush == Flush.BLOCKED) {
			flush = this.outbox.resume();
		}
		assertThat(flush).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).hasSize((offers.get() - 100) * large.length());
		assertThat(this.outbox.queuedBytes()).isZero();
		assertThat(this.outbox.blockedSince()).as("the peer reads").isZero();
	}

	@Test
	void triesAgainForAMomentWhileTheKernelIsFull() throws Exception {
		Outbox outbox = new Outbox(this.socket, new BusyPoll(Duration.ofMinutes(1)));
		this.socket.makeRoom(1);
		AtomicInteger writes = new AtomicInteger();
		this.socket.duringWrite(() -> {
			if (writes.incrementAndGet() == 5) {
				this.socket.makeRoom(2);
			}
			if (writes.get() == 7) {
				this.socket.makeRoom(Long.MAX_VALUE);
			}
		});
		outbox.offer(frame("head", "body"));
		assertThat(outbox.flush()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).asString().isEqualTo("headbody");
		assertThat(writes).hasValue(7);
		assertThat(outbox.blockedSince()).isZero();
	}

	@Test
	void givesUpToTryAgainWhereThatDoesNotPay() throws Exception {
		Outbox outbox = new Outbox(this.socket, new BusyPoll(Duration.ofNanos(1)));
		this.socket.makeRoom(1);
		AtomicInteger writes = new AtomicInteger();
		this.socket.duringWrite(writes::incrementAndGet);
		outbox.offer(frame("head", "body"));
		assertThat(outbox.flush()).isEqualTo(Flush.BLOCKED);
		assertThat(writes).as("tried again once").hasValue(2);
		assertThat(outbox.blockedSince()).isNotZero();
		assertThat(outbox.resume()).isEqualTo(Flush.BLOCKED);
		assertThat(writes).as("and not the next time").hasValue(3);
		assertThat(outbox.resume()).isEqualTo(Flush.BLOCKED);
		assertThat(writes).as("but once more after that").hasValue(5);
		this.socket.makeRoom(Long.MAX_VALUE);
		assertThat(outbox.resume()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).asString().isEqualTo("headbody");
	}

	@Test
	void resumeWithoutAnythingLeftWritesWhatWasOfferedSince() throws Exception {
		assertThat(this.outbox.resume()).isEqualTo(Flush.DONE);
		this.outbox.offer(frame("a", ""));
		assertThat(this.outbox.resume()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).asString().isEqualTo("a");
	}

	@Test
	void writesBodiesLargerThanItsBufferInPieces() throws Exception {
		byte[] body = random(3 * BUFFER + 17);
		this.outbox.offer(new EncodedFrame("head".getBytes(), body));
		this.outbox.offer(frame("tail", ""));
		assertThat(this.outbox.flush()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).isEqualTo(join("head".getBytes(), body, "tail".getBytes()));
		assertThat(this.socket.writes()).containsExactly(BUFFER, BUFFER, BUFFER, 17 + 8);
	}

	@Test
	void fillsItsBufferToTheLastByte() throws Exception {
		byte[] first = random(BUFFER - 4);
		byte[] second = random(BUFFER);
		this.outbox.offer(new EncodedFrame("head".getBytes(), first));
		this.outbox.offer(new EncodedFrame(NOTHING, second));
		this.outbox.offer(frame("", ""));
		this.outbox.offer(frame("t", ""));
		assertThat(this.outbox.flush()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).isEqualTo(join("head".getBytes(), first, second, "t".getBytes()));
		assertThat(this.socket.writes()).containsExactly(BUFFER, BUFFER, 1);
	}

	@Test
	void splitsAHeadThatStraddlesItsBuffer() throws Exception {
		byte[] first = random(BUFFER - 2);
		this.outbox.offer(new EncodedFrame(NOTHING, first));
		this.outbox.offer(frame("head", "body"));
		assertThat(this.outbox.flush()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).isEqualTo(join(first, "headbody".getBytes()));
	}

	@Test
	void writesNothingAfterAFailure() {
		this.socket.failFromNowOn();
		this.outbox.offer(frame("a", ""));
		assertThatIOException().isThrownBy(this.outbox::flush).withMessage("Broken pipe");
		this.outbox.offer(frame("b", ""));
		assertThat(flush()).isEqualTo(Flush.BUSY);
		assertThat(this.socket.written()).isEmpty();
	}

	@Test
	void refusesFramesOnceClosed() {
		assertThat(this.outbox.offer(frame("a", ""))).isZero();
		this.outbox.close();
		assertThat(this.outbox.offer(frame("b", ""))).isEqualTo(-1);
		assertThat(flush()).isEqualTo(Flush.DONE);
		assertThat(this.socket.written()).isEmpty();
	}

	@Test
	void tellsThePositionOfEachFrame() {
		assertThat(this.outbox.offer(frame("abc", "d"))).isZero();
		assertThat(this.outbox.offer(frame("e", ""))).isEqualTo(4);
		assertThat(this.outbox.offer(frame("f", ""))).isEqualTo(5);
		assertThat(this.outbox.queuedBytes()).isEqualTo(6);
	}

	@Test
	void aFrameIsCertainlyUnsentUntilItsFirstByteIsWritten() throws Exception {
		long first = this.outbox.offer(frame("abcd", ""));
		long second = this.outbox.offer(frame("efgh", ""));
		assertThat(this.outbox.isUnsent(first)).isTrue();
		this.socket.makeRoom(4);
		this.outbox.flush();
		assertThat(this.outbox.isUnsent(first)).isFalse();
		assertThat(this.outbox.isUnsent(second)).as("the kernel took exactly the first").isTrue();
		this.socket.makeRoom(1);
		this.outbox.resume();
		assertThat(this.outbox.isUnsent(second)).as("a part of it went out").isFalse();
	}

	@Test
	void aFrameInAWriteUnderWayIsNotCertainlyUnsent() throws Exception {
		long position = this.outbox.offer(frame("abcd", ""));
		List<Boolean> during = new ArrayList<>();
		this.socket.duringWrite(() -> during.add(this.outbox.isUnsent(position)));
		this.outbox.flush();
		assertThat(during).containsExactly(false);
	}

	@Test
	void aFrameInAWriteThatFailedIsCertainlyUnsent() {
		this.socket.failFromNowOn();
		long position = this.outbox.offer(frame("abcd", ""));
		assertThatIOException().isThrownBy(this.outbox::flush);
		assertThat(this.outbox.isUnsent(position)).isTrue();
	}

	@Test
	void aFrameBehindTheBufferInAWriteIsCertainlyUnsent() throws Exception {
		this.outbox.offer(new EncodedFrame(NOTHING, random(BUFFER)));
		long position = this.outbox.offer(frame("a", ""));
		List<Boolean> during = new ArrayList<>();
		this.socket.duringWrite(() -> during.add(this.outbox.isUnsent(position)));
		this.outbox.flush();
		assertThat(during).containsExactly(true, false);
	}

	@Test
	void tellsSinceWhenTheKernelTakesNothing() throws Exception {
		this.socket.makeRoom(1);
		this.outbox.offer(frame("abcd", ""));
		assertThat(this.outbox.blockedSince()).isZero();
		this.outbox.flush();
		long since = this.outbox.blockedSince();
		assertThat(since).isNotZero();
		this.outbox.resume();
		assertThat(this.outbox.blockedSince()).as("nothing was taken").isEqualTo(since);
		this.socket.makeRoom(1);
		this.outbox.resume();
		assertThat(this.outbox.blockedSince() - since).as("a byte was taken").isPositive();
		this.socket.makeRoom(Long.MAX_VALUE);
		this.outbox.resume();
		assertThat(this.outbox.blockedSince()).isZero();
	}

	@Test
	void givesItsBufferBackWhenItIsClosedWhileTheKernelIsFull() throws Exception {
		BufferPool pool = BufferPool.shared();
		this.socket.makeRoom(1);
		this.outbox.offer(frame("abcd", ""));
		this.outbox.flush();
		List<ByteBuffer> taken = drain(pool);
		this.outbox.close();
		assertThat(pool.kept()).isPositive();
		taken.forEach(pool::giveBack);
	}

	@Test
	void givesItsBufferBackWhenTheSocketFails() {
		BufferPool pool = BufferPool.shared();
		List<ByteBuffer> taken = drain(pool);
		this.socket.failFromNowOn();
		this.outbox.offer(frame("abcd", ""));
		assertThatIOException().isThrownBy(this.outbox::flush);
		assertThat(pool.kept()).isPositive();
		taken.forEach(pool::giveBack);
	}

	private static List<ByteBuffer> drain(BufferPool pool) {
		List<ByteBuffer> taken = new ArrayList<>();
		do {
			taken.add(pool.take());
		}
		while (pool.kept() > 0);
		return taken;
	}

	@Test
	void losesAndReordersNothingWhenManyOfferAndFlushAtOnce() throws Exception {
		int offerers = 6;
		int frames = 4000;
		LinkedBlockingQueue<Boolean> blocked = new LinkedBlockingQueue<>();
		ThrottledSocket socket = new ThrottledSocket();
		Outbox outbox = new Outbox(socket, new BusyPoll(Duration.ZERO));
		ExecutorService threads = Executors.newFixedThreadPool(offerers + 1);
		try {
			AtomicBoolean done = new AtomicBoolean();
			// stands for the thread that waits for the socket to be writable
			Future<?> resumer = threads.submit((Callable<Void>) () -> {
				while (!done.get() || !blocked.isEmpty()) {
					if (blocked.poll(1, TimeUnit.MILLISECONDS) != null) {
						if (outbox.resume() == Flush.BLOCKED) {
							blocked.add(true);
						}
					}
				}
				return null;
			});
			CountDownLatch start = new CountDownLatch(1);
			List<Future<?>> all = new ArrayList<>();
			for (int i = 0; i < offerers; i++) {
				int offerer = i;
				all.add(threads.submit((Callable<Void>) () -> {
					start.await();
					Random random = new Random(offerer);
					for (int n = 0; n < frames; n++) {
						outbox.offer(numbered(offerer, n, random.nextInt(200)));
						if (random.nextInt(3) != 0 && outbox.flush() == Flush.BLOCKED) {
							blocked.add(true);
						}
					}
					if (outbox.flush() == Flush.BLOCKED) {
						blocked.add(true);
					}
					return null;
				}));
			}
			start.countDown();
			for (Future<?> future : all) {
				future.get(30, TimeUnit.SECONDS);
			}
			while (outbox.queuedBytes() > 0) {
				Thread.onSpinWait();
			}
			done.set(true);
			resumer.get(30, TimeUnit.SECONDS);
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(socket.hadTwoWritersAtOnce()).isFalse();
		int[] next = new int[offerers];
		ByteBuffer in = ByteBuffer.wrap(socket.written());
		while (in.hasRemaining()) {
			int offerer = in.getInt();
			assertThat(in.getInt()).isEqualTo(next[offerer]++);
			int length = in.getInt();
			for (int i = 0; i < length; i++) {
				if (in.get() != (byte) offerer) {
					throw new AssertionError("A byte of another frame");
				}
			}
		}
		assertThat(next).containsOnly(frames);
	}

	private static EncodedFrame numbered(int offerer, int number, int length) {
		byte[] body = new byte[length];
		Arrays.fill(body, (byte) offerer);
		return new EncodedFrame(ByteBuffer.allocate(12).putInt(offerer).putInt(number).putInt(length).array(), body);
	}

	private Flush flush() {
		try {
			return this.outbox.flush();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static EncodedFrame frame(String head, String body) {
		return new EncodedFrame(head.getBytes(), body.getBytes());
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	private static byte[] join(byte[]... parts) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			out.writeBytes(part);
		}
		return out.toByteArray();
	}

	/** Takes a random part of every other write. */
	private static final class ThrottledSocket extends FakeSocket {

		private final Random random = new Random(7);

		@Override
		public int write(ByteBuffer source) throws IOException {
			makeRoom(this.random.nextBoolean() ? Long.MAX_VALUE : this.random.nextInt(source.remaining() + 1));
			return super.write(source);
		}

	}

}
