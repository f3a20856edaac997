package io.github.udsboot.stream;

import java.util.concurrent.Flow;

/**
 * A publisher that has nothing but a failure.
 */
public final class FailedPublisher {

	private FailedPublisher() {
	}

	/**
	 * Return a publisher that fails whoever subscribes.
	 * @param <T> the type of the items that there are not
	 * @param failure the failure
	 * @return the publisher
	 */
	public static <T> Flow.Publisher<T> of(Throwable failure) {
		return (subscriber) -> {
			subscriber.onSubscribe(new Flow.Subscription() {

				@Override
				public void request(long count) {
					// there is nothing to ask for
				}

				@Override
				public void cancel() {
					// nor to cancel
				}

			});
			subscriber.onError(failure);
		};
	}

}
