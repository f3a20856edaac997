package io.github.udsboot.stream;

import java.util.ArrayDeque;
import java.util.concurrent.Flow;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.LostFailures;

/**
 * The items of an application's publisher. Asks for as many as are to be kept here at
 * most, and for more as they are taken.
 */
final class PublisherSource implements ItemSource, Flow.Subscriber<Object> {

	private static final int PREFETCH = 64;

	private final Flow.Publisher<?> publisher;

	private final Function<Object, byte[]> conversion;

	private final Object lock = new Object();

	/** Guarded by the lock, as are the fields below. */
	private final ArrayDeque<Object> items = new ArrayDeque<>();

	private boolean subscribed;

	private boolean over;

	private @Nullable Throwable failure;

	private Flow.@Nullable Subscription subscription;

	private @Nullable Runnable waiting;

	private boolean cancelled;

	/** Used by the pulling thread only. */
	private int taken;

	PublisherSource(Flow.Publisher<?> publisher, Function<Object, byte[]> conversion) {
		this.publisher = publisher;
		this.conversion = conversion;
	}

	// --- pulled by one thread at a time

	@Override
	public boolean isReady() {
		synchronized (this.lock) {
			return !this.items.isEmpty() || this.over;
		}
	}

	@Override
	@SuppressWarnings("unchecked")
	public void whenReady(Runnable task) {
		boolean ready;
		boolean first;
		synchronized (this.lock) {
			ready = !this.items.isEmpty() || this.over || this.cancelled;
			first = !this.subscribed;
			this.subscribed = true;
			this.waiting = ready ? null : task;
		}
		if (ready) {
			task.run();
		}
		else if (first) {
			try {
				((Flow.Publisher<Object>) this.publisher).subscribe(this);
			}
			catch (Throwable ex) {
				onError(ex);
			}
		}
	}

	@Override
	public boolean hasNext() {
		synchronized (this.lock) {
			if (!this.items.isEmpty()) {
				return true;
			}
			if (this.failure != null) {
				throw new PublisherFailedException(this.failure);
			}
			return false;
		}
	}

	@Override
	public byte[] next() {
		Object item;
		Flow.Subscription more = null;
		int count = 0;
		synchronized (this.lock) {
			item = this.items.remove();
			if (++this.taken >= PREFETCH / 2) {
				count = this.taken;
				this.taken = 0;
				more = this.over ? null : this.subscription;
			}
		}
		if (more != null) {
			more.request(count);
		}
		return this.conversion.apply(item);
	}

	@Override
	public void cancel() {
		Flow.Subscription subscription;
		Runnable waiting;
		synchronized (this.lock) {
			subscription = (this.over || this.cancelled) ? null : this.subscription;
			this.cancelled = true;
			waiting = takeWaiting();
		}
		try {
			if (subscription != null) {
				subscription.cancel();
			}
		}
		finally {
			if (waiting != null) {
				waiting.run();
			}
		}
	}

	@Override
	public void close() {
		try {
			cancel();
		}
		finally {
			synchronized (this.lock) {
				this.items.clear();
			}
		}
	}

	// --- by the publisher

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		if (subscription == null) {
			NullPointerException failure = new NullPointerException("A publisher must not give a subscription of null");
			end(failure);
			throw failure;
		}
		boolean wanted;
		synchronized (this.lock) {
			wanted = this.subscription == null && !this.cancelled;
			if (wanted) {
				this.subscription = subscription;
			}
		}
		if (wanted) {
			try {
				subscription.request(PREFETCH);
			}
			catch (Throwable ex) {
				// on a thread of the publisher, where it ends nothing
				end(ex);
				cancelQuietly(subscription);
			}
		}
		else {
			cancelQuietly(subscription);
		}
	}

	/** The publisher calls, and what it has broken itself is no reason to stop it. */
	private static void cancelQuietly(Flow.Subscription subscription) {
		try {
			subscription.cancel();
		}
		catch (Throwable ex) {
			LostFailures.log("A subscription that is not wanted could not be cancelled", ex);
		}
	}

	@Override
	public void onNext(Object item) {
		if (item == null) {
			// the publisher may not care, but an item is missing
			NullPointerException failure = new NullPointerException("A publisher must not publish null");
			refuse(failure);
			throw failure;
		}
		Runnable waiting = null;
		boolean tooMany;
		synchronized (this.lock) {
			if (this.over || this.cancelled) {
				return;
			}
			tooMany = this.items.size() >= 2 * PREFETCH;
			if (!tooMany) {
				this.items.add(item);
				waiting = takeWaiting();
			}
		}
		if (tooMany) {
			refuse(new IllegalStateException(
					"The publisher has published more than was asked for, against its specification"));
		}
		else if (waiting != null) {
			waiting.run();
		}
	}

	/** End the stream because of what the publisher does. */
	private void refuse(RuntimeException reason) {
		Flow.Subscription broken;
		synchronized (this.lock) {
			broken = this.over ? null : this.subscription;
		}
		end(reason);
		if (broken != null) {
			cancelQuietly(broken);
		}
	}

	@Override
	public void onError(Throwable failure) {
		if (failure == null) {
			NullPointerException reason = new NullPointerException("A publisher must not fail with null");
			end(reason);
			throw reason;
		}
		end(failure);
	}

	@Override
	public void onComplete() {
		end(null);
	}

	private void end(@Nullable Throwable failure) {
		Runnable waiting;
		synchronized (this.lock) {
			if (this.over) {
				return;
			}
			this.over = true;
			this.failure = failure;
			waiting = takeWaiting();
		}
		if (waiting != null) {
			waiting.run();
		}
	}

	private @Nullable Runnable takeWaiting() {
		Runnable waiting = this.waiting;
		this.waiting = null;
		return waiting;
	}

}
