package io.github.udsboot.stream;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.guard.SureExecutor;

/**
 * The items that arrive, for one subscriber, who gets them on an executor and never more
 * than asked for.
 *
 * @param <T> the type of the items
 */
final class InboxPublisher<T> implements Flow.Publisher<T> {

	private final ItemInbox inbox;

	private final Function<byte[], T> conversion;

	private final SureExecutor executor;

	private final AtomicBoolean subscribed = new AtomicBoolean();

	InboxPublisher(ItemInbox inbox, Function<byte[], T> conversion, SureExecutor executor) {
		this.inbox = inbox;
		this.conversion = conversion;
		this.executor = executor;
	}

	@Override
	public void subscribe(Flow.Subscriber<? super T> subscriber) {
		Objects.requireNonNull(subscriber, "The subscriber must not be null");
		if (this.subscribed.compareAndSet(false, true)) {
			new Delivery(subscriber).begin();
			return;
		}
		FailedPublisher.<T>of(new IllegalStateException("The items of a stream can be subscribed to once"))
			.subscribe(subscriber);
	}

	/** Calls the subscriber on one thread at a time. */
	private final class Delivery implements Flow.Subscription, Runnable {

		private final Flow.Subscriber<? super T> subscriber;

		private final AtomicLong demand = new AtomicLong();

		/** How often a thread had reason to run; the one that raises it from 0 does. */
		private final AtomicInteger work = new AtomicInteger();

		/** Set by the thread that cancels or ends this: what comes later is not told. */
		private final AtomicBoolean over = new AtomicBoolean();

		private volatile @Nullable Throwable refusal;

		private Delivery(Flow.Subscriber<? super T> subscriber) {
			this.subscriber = subscriber;
		}

		private void begin() {
			// nothing is delivered before the subscriber has its subscription
			this.work.incrementAndGet();
			boolean begun = false;
			try {
				this.subscriber.onSubscribe(this);
				begun = true;
			}
			finally {
				if (!begun) {
					// it hears of nothing more
					cancel();
				}
			}
			InboxPublisher.this.executor.execute(this);
		}

		@Override
		public void request(long count) {
			if (count <= 0) {
				this.refusal = new IllegalArgumentException("At least one item must be asked for, not " + count);
			}
			else {
				this.demand.accumulateAndGet(count, (old, more) -> (old + more < 0) ? Long.MAX_VALUE : old + more);
			}
			schedule();
		}

		@Override
		public void cancel() {
			if (this.over.compareAndSet(false, true)) {
				InboxPublisher.this.inbox.cancel();
			}
		}

		private void schedule() {
			if (this.work.getAndIncrement() == 0) {
				InboxPublisher.this.executor.execute(this);
			}
		}

		@Override
		public void run() {
			int seen = this.work.get();
			do {
				deliver();
				seen = this.work.addAndGet(-seen);
			}
			while (seen != 0);
		}

		private void deliver() {
			try {
				while (!this.over.get() && step()) {
					// as long as there is anything to do
				}
			}
			catch (Throwable ex) {
				fail(ex);
			}
		}

		/**
		 * Do the next thing.
		 * @return {@code false} if there is none before {@link #schedule()} is called
		 */
		private boolean step() {
			Throwable refusal = this.refusal;
			if (refusal != null) {
				fail(refusal);
				return false;
			}
			ItemInbox inbox = InboxPublisher.this.inbox;
			boolean over = inbox.isOver();
			byte[] item = (over || this.demand.get() > 0) ? inbox.poll() : null;
			if (item != null) {
				this.demand.decrementAndGet();
				return next(InboxPublisher.this.conversion.apply(item));
			}
			if (over) {
				complete();
				return false;
			}
			if (inbox.hasItem()) {
				// either it came just now, or request() will be called
				return this.demand.get() > 0;
			}
			// also without demand: the end needs none
			inbox.whenReady(this::schedule);
			return false;
		}

		private boolean next(T item) {
			if (this.over.get()) {
				return false;
			}
			try {
				this.subscriber.onNext(item);
				return true;
			}
			catch (Throwable ex) {
				if (!fail(ex)) {
					LostFailures.log("A subscriber of items failed after it had cancelled", ex);
				}
				return false;
			}
		}

		private void complete() {
			if (!this.over.compareAndSet(false, true)) {
				return;
			}
			try {
				this.subscriber.onComplete();
			}
			catch (Throwable ex) {
				// it has had its end
				LostFailures.log("A subscriber of items failed at their end", ex);
			}
		}

		/** Return whether the subscriber was told. */
		private boolean fail(Throwable failure) {
			if (!this.over.compareAndSet(false, true)) {
				return false;
			}
			try {
				InboxPublisher.this.inbox.cancel();
			}
			finally {
				tell(failure);
			}
			return true;
		}

		private void tell(Throwable failure) {
			try {
				this.subscriber.onError(failure);
			}
			catch (Throwable ex) {
				LostFailures.log("A subscriber of items failed when it was told of a failure", ex);
			}
		}

	}

}
