package io.github.udsboot.client;

import java.util.concurrent.Flow;

/**
 * A publisher whose call could not even be sent.
 */
final class FailedPublisher {

	private FailedPublisher() {
	}

	static <T> Flow.Publisher<T> of(Throwable failure) {
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
