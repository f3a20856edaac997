package io.github.udsboot.stream;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Publishers that break their specification: the stream ends, with a failure that says so
 * where something is lost, and never hangs nor takes what is none of it. Those that
 * publish too much are in {@link ItemPumpTests}.
 */
@Timeout(60)
class BrokenPublisherTests {

	private final List<String> items = new ArrayList<>();

	private final AtomicBoolean ended = new AtomicBoolean();

	private final AtomicReference<Throwable> failure = new AtomicReference<>();

	private final Subscription subscription = new Subscription();

	private @Nullable ItemPump pump;

	/** Pump on this thread, until there is nothing more to do for now. */
	private void pump(Consumer<Flow.Subscriber<? super Object>> publisher) {
		Flow.Publisher<Object> items = publisher::accept;
		this.pump = new ItemPump(ItemSources.of(items, (item) -> item.toString().getBytes(StandardCharsets.UTF_8)),
				new Sink(), Runnable::run);
		this.pump.schedule();
	}

	@Test
	void nullIsRefusedAndEndsTheStream() {
		pump((subscriber) -> {
			subscriber.onSubscribe(this.subscription);
			subscriber.onNext("one");
			assertThatNullPointerException().isThrownBy(() -> subscriber.onNext(null));
			subscriber.onNext("two");
			subscriber.onComplete();
		});
		assertThat(this.items).containsExactly("one");
		assertThat(this.ended).isTrue();
		assertThat(this.failure.get()).hasMessageContaining("null");
		assertThat(this.subscription.cancelled).hasPositiveValue();
	}

	@Test
	void aFailureThatIsNullIsAFailure() {
		pump((subscriber) -> {
			subscriber.onSubscribe(this.subscription);
			subscriber.onError(null);
		});
		assertThat(this.ended).isTrue();
		assertThat(this.failure.get()).isInstanceOf(PublisherFailedException.class);
	}

	@Test
	void whatComesAfterTheEndIsNotTaken() {
		pump((subscriber) -> {
			subscriber.onSubscribe(this.subscription);
			subscriber.onNext("one");
			subscriber.onComplete();
			subscriber.onNext("two");
			subscriber.onError(new IllegalStateException("too late"));
			subscriber.onComplete();
		});
		assertThat(this.items).containsExactly("one");
		assertThat(this.ended).isTrue();
		assertThat(this.failure).hasNullValue();
	}

	@Test
	void aSecondSubscriptionIsCancelledAndTheFirstGoesOn() {
		Subscription second = new Subscription();
		pump((subscriber) -> {
			subscriber.onSubscribe(this.subscription);
			subscriber.onSubscribe(second);
			subscriber.onNext("one");
			subscriber.onComplete();
		});
		assertThat(second.cancelled).hasValue(1);
		assertThat(second.requested).hasValue(0);
		assertThat(this.subscription.cancelled).hasValue(0);
		assertThat(this.items).containsExactly("one");
		assertThat(this.failure).hasNullValue();
	}

	@Test
	void aPublisherThatNeverGivesASubscriptionMayPublishAndEnd() {
		pump((subscriber) -> {
			subscriber.onNext("one");
			subscriber.onComplete();
		});
		assertThat(this.items).containsExactly("one");
		assertThat(this.ended).isTrue();
	}

	@Test
	void aSubscriptionThatIsNullEndsTheStream() {
		pump((subscriber) -> subscriber.onSubscribe(null));
		assertThat(this.ended).isTrue();
		assertThat(this.failure.get()).isInstanceOf(PublisherFailedException.class);
	}

	@Test
	void aPublisherThatIgnoresDemandCostsNoThreadAndCanBeCancelled() {
		pump((subscriber) -> subscriber.onSubscribe(this.subscription));
		// the pump has returned
		assertThat(this.subscription.requested).hasPositiveValue();
		assertThat(this.ended).isFalse();
		this.pump.cancel();
		// on another thread: the canceller must not wait for what the publisher does
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.subscription.cancelled.get() == 1);
	}

	@Test
	void aPublisherThatThrowsFromSubscribeEndsTheStream() {
		pump((subscriber) -> {
			subscriber.onSubscribe(this.subscription);
			subscriber.onNext("one");
			throw new IllegalStateException("broken");
		});
		assertThat(this.items).containsExactly("one");
		assertThat(this.failure.get()).hasMessageContaining("broken");
	}

	@Test
	void aSubscriptionThatThrowsEndsTheStream() {
		this.subscription.broken = true;
		pump((subscriber) -> subscriber.onSubscribe(this.subscription));
		assertThat(this.ended).isTrue();
		assertThat(this.failure.get()).hasMessageContaining("no requests");
	}

	/** On a thread of its own, say: nothing catches what it throws. */
	@Test
	void aSubscriptionThatComesLaterAndThrowsEndsTheStream() {
		AtomicReference<Flow.Subscriber<? super Object>> later = new AtomicReference<>();
		pump(later::set);
		this.subscription.broken = true;
		later.get().onSubscribe(this.subscription);
		assertThat(this.ended).isTrue();
		assertThat(this.failure.get()).hasMessageContaining("no requests");
		assertThat(this.subscription.cancelled).hasPositiveValue();
	}

	@Test
	void aSubscriptionThatComesLaterAndIsNullEndsTheStream() {
		AtomicReference<Flow.Subscriber<? super Object>> later = new AtomicReference<>();
		pump(later::set);
		assertThatNullPointerException().isThrownBy(() -> later.get().onSubscribe(null));
		assertThat(this.ended).isTrue();
		assertThat(this.failure.get()).isInstanceOf(PublisherFailedException.class);
	}

	@Test
	void aSecondSubscriptionThatThrowsWhenItIsCancelledDoesNotEndTheFirst() {
		Subscription second = new Subscription();
		second.stubborn = true;
		pump((subscriber) -> {
			subscriber.onSubscribe(this.subscription);
			subscriber.onSubscribe(second);
			subscriber.onNext("one");
			subscriber.onComplete();
		});
		assertThat(second.cancelled).hasValue(1);
		assertThat(this.items).containsExactly("one");
		assertThat(this.failure).hasNullValue();
	}

	@Test
	void theReasonOfARefusalIsNotReplacedByWhatCancellingThrows() {
		this.subscription.stubborn = true;
		pump((subscriber) -> {
			subscriber.onSubscribe(this.subscription);
			assertThatNullPointerException().isThrownBy(() -> subscriber.onNext(null));
		});
		assertThat(this.subscription.cancelled).hasPositiveValue();
		assertThat(this.ended).isTrue();
		assertThat(this.failure.get()).hasMessageContaining("null");
	}

	@Test
	void aStreamThatWaitsIsOverWhateverCancellingItThrows() {
		AtomicInteger woken = new AtomicInteger();
		this.subscription.stubborn = true;
		ItemSource source = ItemSources.of(
				(Flow.Publisher<Object>) (subscriber) -> subscriber.onSubscribe(this.subscription),
				(item) -> new byte[0]);
		source.whenReady(woken::incrementAndGet);
		assertThatIllegalStateException().isThrownBy(source::cancel);
		assertThat(woken).hasValue(1);
	}

	/** Counts what it is asked for. */
	private static final class Subscription implements Flow.Subscription {

		private final AtomicInteger requested = new AtomicInteger();

		private final AtomicInteger cancelled = new AtomicInteger();

		private boolean broken;

		private boolean stubborn;

		@Override
		public void request(long count) {
			if (this.broken) {
				throw new IllegalStateException("no requests");
			}
			this.requested.addAndGet((int) count);
		}

		@Override
		public void cancel() {
			this.cancelled.incrementAndGet();
			if (this.stubborn) {
				throw new IllegalStateException("cannot be cancelled");
			}
		}

	}

	/** Takes everything. */
	private final class Sink implements ItemSink {

		@Override
		public boolean hasRoom() {
			return true;
		}

		@Override
		public void whenRoom(Runnable task) {
			task.run();
		}

		@Override
		public boolean send(byte[] item) {
			return BrokenPublisherTests.this.items.add(new String(item, StandardCharsets.UTF_8));
		}

		@Override
		public void end(@Nullable Throwable failure) {
			BrokenPublisherTests.this.failure.set(failure);
			assertThat(BrokenPublisherTests.this.ended.getAndSet(true)).as("ended twice").isFalse();
		}

	}

}
