package io.github.udsboot.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
			this.threads);

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
	void aSubscriberThatThrowsAtTheEndIsNotToldOfAFailureToo() {
		this.subscriber.whenOver = new IllegalStateException("no end");
		new InboxPublisher<>(this.inbox, (item) -> (int) item[0], Runnable::run).subscribe(this.subscriber);
		this.inbox.end(null);
		assertThat(this.subscriber.over.getCount()).isZero();
		assertThat(this.subscriber.failure).hasValue(null);
	}

	/** The thread that adds is that of the connection. */
	@Test
	void aSubscriberThatThrowsWhenItIsToldOfAFailureDoesNoHarmToTheThreadThatAdds() {
		this.subscriber.whenOver = new IllegalStateException("no failure");
		List<Runnable> first = new ArrayList<>();
		new InboxPublisher<>(this.inbox, (item) -> (int) item[0], (task) -> {
			if (!first.isEmpty()) {
				throw new OutOfMemoryError("no thread");
			}
			first.add(task);
		}).subscribe(this.subscriber);
		first.get(0).run();
		assertThat(this.inbox.add(new byte[1])).isTrue();
		assertThat(this.subscriber.failure.get()).hasMessage("no thread");
		assertThat(this.cancelled.getCount()).isZero();
	}

	/** Remembers what it gets. */
	private static final class RecordingSubscriber implements Flow.Subscriber<Integer> {

		private final List<Integer> items = new ArrayList<>();

		private final CountDownLatch over = new CountDownLatch(1);

		private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

		private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();

		private CountDownLatch all = new CountDownLatch(0);

		private int first = 1;

		private @Nullable RuntimeException whenSubscribed;

		private @Nullable RuntimeException whenOver;

		private static void raise(@Nullable RuntimeException failure) {
			if (failure != null) {
				throw failure;
			}
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
