package io.github.udsboot.stream;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.guard.DroppableTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Sources of all kinds, pulled into a sink with as much room as the test gives it.
 */
@Timeout(60)
class ItemPumpTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final RecordingSink sink = new RecordingSink();

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	private ItemPump pump(Object items) {
		return pump(items, this.threads);
	}

	private ItemPump pump(Object items, Executor executor) {
		return new ItemPump(ItemSources.of(items, (item) -> item.toString().getBytes(StandardCharsets.UTF_8)),
				this.sink, executor);
	}

	@Test
	void movesAllItemsAndTheEnd() {
		AtomicBoolean closed = new AtomicBoolean();
		pump(Stream.of(1, 2, 3).onClose(() -> closed.set(true))).schedule();
		await().atMost(BOUND).untilTrue(this.sink.ended);
		assertThat(this.sink.items).containsExactly("1", "2", "3");
		assertThat(this.sink.failure).isNull();
		assertThat(closed).isTrue();
	}

	@Test
	void hasNoThreadWhileThereIsNoRoom() {
		this.sink.room(2);
		AtomicInteger running = new AtomicInteger();
		pump(IntStream.range(0, 5).boxed(), (task) -> this.threads.execute(() -> {
			running.incrementAndGet();
			task.run();
			running.decrementAndGet();
		})).schedule();
		await().atMost(BOUND).until(() -> this.sink.items.size() == 2 && running.get() == 0);
		assertThat(this.sink.ended).isFalse();
		this.sink.room(10);
		await().atMost(BOUND).untilTrue(this.sink.ended);
		assertThat(this.sink.items).containsExactly("0", "1", "2", "3", "4");
	}

	@Test
	void losesNoItemHoweverRoomComesAndGoes() {
		int count = 20_000;
		this.sink.room(0);
		pump(IntStream.range(0, count).boxed()).schedule();
		while (!this.sink.ended.get()) {
			this.sink.room(3);
		}
		assertThat(this.sink.items)
			.containsExactlyElementsOf(IntStream.range(0, count).mapToObj(String::valueOf).toList());
	}

	@Test
	void cancellingInterruptsTheSourceAndNothingAfterIt() throws Exception {
		CountDownLatch waiting = new CountDownLatch(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		AtomicBoolean interruptedAfter = new AtomicBoolean();
		CountDownLatch over = new CountDownLatch(1);
		Iterator<String> stuck = new Iterator<>() {

			@Override
			public boolean hasNext() {
				waiting.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					interrupted.set(true);
					// as a library might do that was told to stop
					Thread.currentThread().interrupt();
				}
				return false;
			}

			@Override
			public String next() {
				return "none";
			}

		};
		ItemPump pump = pump(stuck, (task) -> this.threads.execute(() -> {
			task.run();
			interruptedAfter.compareAndSet(false, Thread.currentThread().isInterrupted());
			if (interrupted.get()) {
				over.countDown();
			}
		}));
		pump.schedule();
		assertThat(waiting.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
		pump.cancel();
		assertThat(over.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(interruptedAfter).isFalse();
		assertThat(this.sink.ended).as("nobody is there to be told").isFalse();
	}

	@Test
	void cancellingClosesASourceThatWaitsForRoom() {
		this.sink.room(1);
		AtomicInteger closed = new AtomicInteger();
		ItemPump pump = pump(Stream.generate(() -> "x").onClose(closed::incrementAndGet));
		pump.schedule();
		await().atMost(BOUND).until(() -> this.sink.items.size() == 1);
		pump.cancel();
		await().atMost(BOUND).until(() -> closed.get() == 1);
		this.sink.room(10);
		pump.cancel();
		assertThat(closed).hasValue(1);
		assertThat(this.sink.items).hasSize(1);
	}

	/** A pipeline that is cancelled has no receiver for the failure of its input. */
	@Test
	void whatFollowsACancellationComesWhenTheSourceHasBeenTold() {
		List<String> order = Collections.synchronizedList(new ArrayList<>());
		ItemSource source = new ItemSource() {

			@Override
			public boolean hasNext() {
				return true;
			}

			@Override
			public byte[] next() {
				return new byte[0];
			}

			@Override
			public void cancel() {
				order.add("source");
				throw new IllegalStateException("expected by the test");
			}

			@Override
			public void close() {
			}

		};
		new ItemPump(source, this.sink, this.threads).cancel(() -> order.add("input"));
		await().atMost(BOUND).until(() -> order.size() == 2);
		assertThat(order).containsExactly("source", "input");
	}

	@Test
	void aSourceThatFailsIsClosedAndItsFailureIsTheEnd() {
		AtomicBoolean closed = new AtomicBoolean();
		IllegalStateException failure = new IllegalStateException("broken");
		pump(Stream.of(1, 2).map((number) -> {
			if (number == 2) {
				throw failure;
			}
			return number;
		}).onClose(() -> closed.set(true))).schedule();
		await().atMost(BOUND).untilTrue(this.sink.ended);
		assertThat(this.sink.items).containsExactly("1");
		assertThat(this.sink.failure).isSameAs(failure);
		assertThat(closed).isTrue();
	}

	@Test
	void anExecutorWithoutAThreadIsTheEnd() {
		AtomicBoolean closed = new AtomicBoolean();
		pump(Stream.of(1).onClose(() -> closed.set(true)), (task) -> {
			throw new RejectedExecutionException("none left");
		}).schedule();
		await().atMost(BOUND).untilTrue(this.sink.ended);
		assertThat(this.sink.failure).isInstanceOf(RejectedExecutionException.class);
		assertThat(closed).isTrue();
	}

	/** A thread that has room to tell of, or that cancels, may be an event loop. */
	@Test
	void aSourceThatNoThreadOfTheExecutorClosesIsNotClosedByThatWhichCalls() {
		List<Thread> closing = Collections.synchronizedList(new ArrayList<>());
		Executor none = (task) -> {
			throw new RejectedExecutionException("none left");
		};
		pump(Stream.of(1).onClose(() -> closing.add(Thread.currentThread())), none).schedule();
		pump(Stream.of(1).onClose(() -> closing.add(Thread.currentThread())), none).cancel();
		pump(Stream.of(1).onClose(() -> closing.add(Thread.currentThread())), Runnable::run).cancel();
		await().atMost(BOUND).until(() -> closing.size() == 3);
		assertThat(closing).doesNotContain(Thread.currentThread());
	}

	@Test
	void whatTheExecutorDropsIsClosedOnceAndTheEndOfTheStream() {
		Queue<Runnable> given = new ConcurrentLinkedQueue<>();
		AtomicInteger closed = new AtomicInteger();
		ItemPump pump = pump(Stream.of(1).onClose(closed::incrementAndGet), given::add);
		pump.schedule();
		given.forEach(DroppableTask::drop);
		await().atMost(BOUND).untilTrue(this.sink.ended);
		assertThat(this.sink.failure).isInstanceOf(RejectedExecutionException.class);
		pump.cancel();
		given.forEach(DroppableTask::drop);
		given.forEach(Runnable::run);
		assertThat(closed).hasValue(1);
	}

	@Test
	void aCancellationThatTheExecutorDropsClosesTheSource() {
		Queue<Runnable> given = new ConcurrentLinkedQueue<>();
		AtomicInteger closed = new AtomicInteger();
		pump(Stream.of(1).onClose(closed::incrementAndGet), given::add).cancel();
		given.forEach(DroppableTask::drop);
		await().atMost(BOUND).until(() -> closed.get() == 1);
	}

	@Test
	void aSourceIsNotClosedWhileAThreadIsInItThoughTheExecutorFailsBehindThat() throws Exception {
		CountDownLatch inSource = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		AtomicBoolean left = new AtomicBoolean();
		AtomicBoolean closedTooEarly = new AtomicBoolean();
		Stream<Integer> items = Stream.of(1).peek((item) -> {
			inSource.countDown();
			try {
				release.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			left.set(true);
		}).onClose(() -> closedTooEarly.set(!left.get()));
		ItemPump pump = pump(items, (task) -> {
			this.threads.execute(task);
			try {
				inSource.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			throw new RejectedExecutionException("but the task is taken");
		});
		pump.schedule();
		pump.fail(new IllegalStateException("as what was thrown has it"));
		release.countDown();
		await().atMost(BOUND).untilTrue(this.sink.ended);
		assertThat(closedTooEarly).isFalse();
		assertThat(this.sink.failure).isNull();
	}

	@Test
	void aSinkThatThrowsEndsNothingElse() {
		AtomicInteger closed = new AtomicInteger();
		ItemSink broken = new ItemSink() {

			@Override
			public boolean hasRoom() {
				return true;
			}

			@Override
			public void whenRoom(Runnable task) {
			}

			@Override
			public boolean send(byte[] item) {
				return true;
			}

			@Override
			public void end(@Nullable Throwable failure) {
				throw new AssertionError("expected by the test");
			}

		};
		ItemSource source = ItemSources.of(Stream.of(1).onClose(closed::incrementAndGet), (item) -> new byte[0]);
		ItemPump pump = new ItemPump(source, broken, Runnable::run, () -> {
			throw new AssertionError("expected by the test");
		});
		pump.schedule();
		pump.fail(new IllegalStateException("too late"));
		assertThat(closed).hasValue(1);
	}

	@Test
	void aPublisherIsAskedForNoMoreThanMayWait() {
		TestPublisher publisher = new TestPublisher();
		pump(publisher).schedule();
		await().atMost(BOUND).until(() -> publisher.subscribed());
		this.sink.room(0);
		assertThat(publisher.requested.get()).isEqualTo(64);
		for (int i = 0; i < 64; i++) {
			publisher.subscriber().onNext(i);
		}
		assertThat(publisher.requested.get()).isEqualTo(64);
		this.sink.room(40);
		await().atMost(BOUND).until(() -> this.sink.items.size() == 40);
		await().atMost(BOUND).until(() -> publisher.requested.get() == 64 + 32);
		this.sink.room(1_000);
		publisher.subscriber().onComplete();
		await().atMost(BOUND).untilTrue(this.sink.ended);
		assertThat(this.sink.items).hasSize(64);
		assertThat(this.sink.failure).isNull();
	}

	@Test
	void aPublisherThatPublishesMoreThanIsAskedForFails() {
		TestPublisher publisher = new TestPublisher();
		pump(publisher).schedule();
		await().atMost(BOUND).until(() -> publisher.subscribed());
		this.sink.room(0);
		for (int i = 0; i < 200; i++) {
			publisher.subscriber().onNext(i);
		}
		assertThat(publisher.cancelled).isTrue();
		this.sink.room(1_000);
		await().atMost(BOUND).untilTrue(this.sink.ended);
		assertThat(this.sink.failure).hasMessageContaining("more than was asked for");
		assertThat(this.sink.items).as("what was taken in time").hasSize(128);
	}

	@Test
	void aPublisherThatFailsAndOneThatIsCancelled() {
		TestPublisher failing = new TestPublisher();
		pump(failing).schedule();
		await().atMost(BOUND).until(() -> failing.subscribed());
		failing.subscriber().onNext("one");
		failing.subscriber().onError(new IllegalStateException("broken"));
		failing.subscriber().onNext("too late");
		failing.subscriber().onComplete();
		await().atMost(BOUND).untilTrue(this.sink.ended);
		assertThat(this.sink.items).containsExactly("one");
		assertThat(this.sink.failure).isInstanceOf(PublisherFailedException.class).hasMessageContaining("broken");
		TestPublisher cancelled = new TestPublisher();
		ItemPump pump = pump(cancelled);
		pump.schedule();
		await().atMost(BOUND).until(() -> cancelled.subscribed());
		pump.cancel();
		await().atMost(BOUND).untilTrue(cancelled.cancelled);
	}

	@Test
	void aSourceIsClosedWhateverCancellingItThrows() {
		for (Throwable thrown : List.of(new IllegalStateException("a failure"), new AssertionError("an error"))) {
			this.sink.room(0);
			BrokenSource source = new BrokenSource(thrown, null, null);
			AtomicInteger closed = new AtomicInteger();
			ItemPump pump = new ItemPump(source, this.sink, Runnable::run, closed::incrementAndGet);
			pump.schedule();
			pump.cancel();
			await().atMost(BOUND).until(() -> closed.get() == 1);
			assertThat(source.closed).hasValue(1);
			assertThat(this.sink.ended).isFalse();
		}
	}

	@Test
	void aSourceThatCannotBeClosedIsTakenForClosed() {
		this.sink.room(0);
		BrokenSource source = new BrokenSource(null, new AssertionError("an error"), null);
		AtomicInteger closed = new AtomicInteger();
		ItemPump pump = new ItemPump(source, this.sink, Runnable::run, closed::incrementAndGet);
		pump.schedule();
		pump.cancel();
		await().atMost(BOUND).until(() -> closed.get() == 1);
		pump.cancel(closed::incrementAndGet);
		await().atMost(BOUND).until(() -> closed.get() == 2);
		assertThat(source.closed).hasValue(1);
	}

	@Test
	void aSourceThatCannotSayWhenItIsReadyIsTheEnd() {
		IllegalStateException failure = new IllegalStateException("never ready");
		BrokenSource source = new BrokenSource(null, null, failure);
		AtomicInteger closed = new AtomicInteger();
		new ItemPump(source, this.sink, this.threads, closed::incrementAndGet).schedule();
		await().atMost(BOUND).untilTrue(this.sink.ended);
		assertThat(this.sink.failure).isSameAs(failure);
		assertThat(source.closed).hasValue(1);
		assertThat(closed).hasValue(1);
	}

	/** Has no items, and throws what it is given. */
	private static final class BrokenSource implements ItemSource {

		private final AtomicInteger closed = new AtomicInteger();

		private final @Nullable Throwable whenCancelled;

		private final @Nullable Throwable whenClosed;

		private final @Nullable Throwable whenAsked;

		private BrokenSource(@Nullable Throwable whenCancelled, @Nullable Throwable whenClosed,
				@Nullable Throwable whenAsked) {
			this.whenCancelled = whenCancelled;
			this.whenClosed = whenClosed;
			this.whenAsked = whenAsked;
		}

		private static void raise(@Nullable Throwable failure) {
			if (failure instanceof Error error) {
				throw error;
			}
			if (failure instanceof RuntimeException exception) {
				throw exception;
			}
		}

		@Override
		public boolean isReady() {
			return false;
		}

		@Override
		public void whenReady(Runnable task) {
			raise(this.whenAsked);
		}

		@Override
		public boolean hasNext() {
			return false;
		}

		@Override
		public byte[] next() {
			throw new AssertionError("There is none");
		}

		@Override
		public void cancel() {
			raise(this.whenCancelled);
		}

		@Override
		public void close() {
			this.closed.incrementAndGet();
			raise(this.whenClosed);
		}

	}

	/** Takes as many items as the test lets it. */
	private static final class RecordingSink implements ItemSink {

		private final List<String> items = Collections.synchronizedList(new ArrayList<>());

		private final AtomicBoolean ended = new AtomicBoolean();

		private final AtomicInteger room = new AtomicInteger(Integer.MAX_VALUE);

		private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

		private volatile @Nullable Throwable failure;

		private void room(int room) {
			this.room.set(room);
			Runnable task = this.waiting.poll();
			if (task != null) {
				task.run();
			}
		}

		@Override
		public boolean hasRoom() {
			return this.room.get() > 0;
		}

		@Override
		public void whenRoom(Runnable task) {
			this.waiting.add(task);
			if (hasRoom() && this.waiting.remove(task)) {
				task.run();
			}
		}

		@Override
		public boolean send(byte[] item) {
			this.room.decrementAndGet();
			return this.items.add(new String(item, StandardCharsets.UTF_8));
		}

		@Override
		public void end(@Nullable Throwable failure) {
			this.failure = failure;
			this.ended.set(true);
		}

	}

	/** Publishes what the test says. */
	private static final class TestPublisher implements Flow.Publisher<Object> {

		private final AtomicInteger requested = new AtomicInteger();

		private final AtomicBoolean cancelled = new AtomicBoolean();

		private volatile Flow.@Nullable Subscriber<? super Object> subscriber;

		@Override
		public void subscribe(Flow.Subscriber<? super Object> subscriber) {
			subscriber.onSubscribe(new Flow.Subscription() {

				@Override
				public void request(long count) {
					TestPublisher.this.requested.addAndGet((int) count);
				}

				@Override
				public void cancel() {
					TestPublisher.this.cancelled.set(true);
				}

			});
			this.subscriber = subscriber;
		}

		private boolean subscribed() {
			return this.subscriber != null;
		}

		private Flow.Subscriber<? super Object> subscriber() {
			assertThat(this.subscriber).isNotNull();
			return this.subscriber;
		}

	}

}
