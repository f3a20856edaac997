package io.github.udsboot.stream;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.udsboot.guard.LostFailures;

/**
 * A publisher that has nothing but a failure.
 */
public final class FailedPublisher {

	private FailedPublisher() {
	}

	/**
	 * Return a publisher that fails each subscriber.
	 * @param <T> the type of the items that there are not
	 * @param failure the failure
	 * @return the publisher
	 */
	public static <T> Flow.Publisher<T> of(Throwable failure) {
		return (subscriber) -> {
			Objects.requireNonNull(subscriber, "The subscriber must not be null");
			AtomicBoolean cancelled = new AtomicBoolean();
			subscriber.onSubscribe(new Flow.Subscription() {

				@Override
				public void request(long count) {
					// there is nothing to ask for
				}

				@Override
				public void cancel() {
					cancelled.set(true);
				}

			});
			if (cancelled.get()) {
				return;
			}
			try {
				subscriber.onError(failure);
			}
			catch (Throwable ex) {
				LostFailures.log("A subscriber of items failed when it was told of a failure", ex);
			}
		};
	}

}
