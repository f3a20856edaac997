package io.github.udsboot.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.github.udsboot.guard.SureExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A subscriber of the items that arrive.
 */
@Timeout(60)
class InboxPublisherTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final ItemInbox inbox = new ItemInbox(Integer.MAX_VALUE, Long.MAX_VALUE, new ItemInbox.Control() {

		@Override
		public void hold() {
			throw new AssertionError("Nothing is over a limit");
		}

		@Override
		public void release() {
			throw new AssertionError("Nothing was over a limit");
		}

		@Override
		public void cancelled() {
			InboxPublisherTests.this.cancelled.countDown();
		}

	});

	private final CountDownLatch cancelled = new CountDownLatch(1);

	private final RecordingSubscriber subscriber = new RecordingSubscriber();

	private final InboxPublisher<Integer> publisher = new InboxPublisher<>(this.inbox, (item) -> (int) item[0],
			SureExecutor.of(this.threads));

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	/**
	 * All were asked for, and none waits: nobody would ask again for one that is missed.
	 */
	@Test
	void missesNoItemThatComesWhileItLooks() throws Exception {
		int count = 200_000;
		this.subscriber.all = new CountDownLatch(count);
		this.subscriber.first = count;
		this.publisher.subscribe(this.subscriber);
		for (int i = 0; i < count; i++) {
			this.inbox.add(new byte[] { (byte) i });
			spin(ThreadLocalRandom.current().nextInt(1_000));
		}
		assertThat(this.subscriber.all.await(30, TimeUnit.SECONDS)).isTrue();
		this.inbox.end(null);
		assertThat(this.subscriber.over.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.subscriber.items).hasSize(count);
		for (int i = 0; i < count; i++) {
			assertThat(this.subscriber.items.get(i)).isEqualTo((byte) i);
		}
		assertThat(this.subscriber.failure).hasValue(null);
	}

	private static void spin(int nanos) {
		long end = System.nanoTime() + nanos;
		while (System.nanoTime() - end < 0) {
			Thread.onSpinWait();
		}
	}

	@Test
	void theEndNeedsNoDemand() throws Exception {
		this.subscriber.first = 0;
		this.publisher.subscribe(this.subscriber);
		this.inbox.end(null);
		assertThat(this.subscriber.over.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void theFailureIsTheEnd() throws Exception {
		this.publisher.subscribe(this.subscriber);
		this.inbox.end(new IllegalStateException("broken"));
		assertThat(this.subscriber.over.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(this.subscriber.failure.get()).hasMessage("broken");
	}

	@Test
	void askingForNothingIsAgainstTheSpecification() throws Exception {
		this.subscriber.first = 0;
		this.publisher.subscribe(this.subscriber);
		this.subscriber.subscription.get().request(0);
		assertThat(this.subscriber.over.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(this.subscriber.failure.get()).isInstanceOf(IllegalArgumentException.class);
		assertThat(this.cancelled.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void cancellingSaysThatNoMoreIsWanted() throws Exception {
		this.publisher.subscribe(this.subscriber);
		this.subscriber.subscription.get().cancel();
		assertThat(this.cancelled.await(20, TimeUnit.SECONDS)).isTrue();
		this.inbox.add(new byte[1]);
		assertThat(this.subscriber.items).isEmpty();
	}

	@Test
	void aSecondSubscriberIsRefused() throws Exception {
		this.publisher.subscribe(this.subscriber);
		RecordingSubscriber second = new RecordingSubscriber();
		this.publisher.subscribe(second);
		assertThat(second.over.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(second.failure.get()).isInstanceOf(IllegalStateException.class);
		this.inbox.end(null);
		assertThat(this.subscriber.over.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void aSubscriberThatThrowsAtItsSubscriptionEndsTheStream() {
		this.subscriber.whenSubscribed = new IllegalStateException("no subscription");
		assertThatIllegalStateException().isThrownBy(() -> this.publisher.subscribe(this.subscriber))
			.withMessage("no subscription");
		assertThat(this.cancelled.getCount()).isZero();
	}

	@Test
	void aSubscriberThatThrowsAtTheEndIsNotToldOfAFailureToo() throws Exception {
		this.subscriber.whenOver = new IllegalStateException("no end");
		this.publisher.subscribe(this.subscriber);
		this.inbox.end(null);
		assertThat(this.subscriber.over.await(20, TimeUnit.SECONDS)).isTrue();
		awaitIdle();
		assertThat(this.subscriber.failure).hasValue(null);
	}

	@Test
	void whoHasCancelledIsNotToldOfAFailure() throws Exception {
		CountDownLatch converting = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		new InboxPublisher<Integer>(this.inbox, (item) -> {
			converting.countDown();
			awaitUninterruptibly(goOn);
			throw new IllegalStateException("cannot be converted");
		}, SureExecutor.of(this.threads)).subscribe(this.subscriber);
		this.inbox.add(new byte[1]);
		assertThat(converting.await(20, TimeUnit.SECONDS)).isTrue();
		this.subscriber.subscription.get().cancel();
		goOn.countDown();
		awaitIdle();
		assertThat(this.subscriber.failure).hasValue(null);
		assertThat(this.subscriber.over.getCount()).isOne();
	}

	/** The inbox fails with the cancellation, for those who wait for items. */
	@Test
	void theCancellationIsNoFailure() throws Exception {
		CountDownLatch converting = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		this.subscriber.first = 10;
		new InboxPublisher<>(this.inbox, (item) -> {
			converting.countDown();
			awaitUninterruptibly(goOn);
			return (int) item[0];
		}, SureExecutor.of(this.threads)).subscribe(this.subscriber);
		this.inbox.add(new byte[1]);
		assertThat(converting.await(20, TimeUnit.SECONDS)).isTrue();
		this.subscriber.subscription.get().cancel();
		goOn.countDown();
		awaitIdle();
		assertThat(this.subscriber.items).isEmpty();
		assertThat(this.subscriber.failure).hasValue(null);
	}

	@Test
	void aSubscriberThatCancelsAndThrowsIsNotToldOfThat() throws Exception {
		CountDownLatch thrown = new CountDownLatch(1);
		this.publisher.subscribe(new RecordingSubscriber() {

			@Override
			public void onNext(Integer item) {
				subscription().cancel();
				thrown.countDown();
				throw new IllegalStateException("enough");
			}

			@Override
			public void onError(Throwable failure) {
				InboxPublisherTests.this.subscriber.onError(failure);
			}

		});
		this.inbox.add(new byte[1]);
		assertThat(thrown.await(20, TimeUnit.SECONDS)).isTrue();
		awaitIdle();
		assertThat(this.subscriber.failure).hasValue(null);
	}

	/** The thread that adds is that of the connection. */
	@Test
	void anExecutorThatFailsEndsNothing() throws Exception {
		int count = 300;
		this.subscriber.first = count;
		this.subscriber.all = new CountDownLatch(count);
		AtomicInteger tasks = new AtomicInteger();
		new InboxPublisher<>(this.inbox, (item) -> (int) item[0], SureExecutor.of((task) -> {
			switch (tasks.getAndIncrement() % 4) {
				case 0 -> throw new RejectedExecutionException("full");
				case 1 -> throw new OutOfMemoryError("no thread");
				case 2 -> {
					this.threads.execute(task);
					throw new IllegalStateException("taken all the same");
				}
				default -> task.run();
			}
		})).subscribe(this.subscriber);
		for (int i = 0; i < count; i++) {
			this.inbox.add(new byte[] { (byte) i });
			spin(20_000);
		}
		assertThat(this.subscriber.all.await(20, TimeUnit.SECONDS)).isTrue();
		this.inbox.end(null);
		assertThat(this.subscriber.over.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(this.subscriber.failure).hasValue(null);
		assertThat(this.subscriber.items).hasSize(count);
		assertThat(this.subscriber.threads).doesNotContain(Thread.currentThread());
	}

	/** What was running has run, and what it would have told was told. */
	private void awaitIdle() throws Exception {
		this.threads.shutdown();
		assertThat(this.threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Remembers what it gets. */
	private static class RecordingSubscriber implements Flow.Subscriber<Integer> {

		private final List<Integer> items = new ArrayList<>();

		private final CountDownLatch over = new CountDownLatch(1);

		private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

		private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();

		private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

		private CountDownLatch all = new CountDownLatch(0);

		private int first = 1;

		private @Nullable RuntimeException whenSubscribed;

		private @Nullable RuntimeException whenOver;

		private static void raise(@Nullable RuntimeException failure) {
			if (failure != null) {
				throw failure;
			}
		}

		Flow.Subscription subscription() {
			return this.subscription.get();
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.subscription.set(subscription);
			raise(this.whenSubscribed);
			if (this.first > 0) {
				subscription.request(this.first);
			}
		}

		@Override
		public void onNext(Integer item) {
			this.items.add(item);
			this.threads.add(Thread.currentThread());
			this.all.countDown();
		}

		@Override
		public void onError(Throwable failure) {
			this.failure.set(failure);
			this.over.countDown();
			raise(this.whenOver);
		}

		@Override
		public void onComplete() {
			this.over.countDown();
			raise(this.whenOver);
		}

	}

}
