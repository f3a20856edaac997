package io.github.udsboot.handler;

import java.util.function.Function;

import io.github.udsboot.Status;
import io.github.udsboot.stream.ItemSource;

/**
 * Takes the outcome of a request, exactly once, on any thread.
 */
@FunctionalInterface
public interface UdsReplyCallback {

	/**
	 * Take the outcome.
	 * @param reply the outcome
	 */
	void reply(UdsReply reply);

	/**
	 * Return whether nobody waits for the outcome any more, so that it is no failure if
	 * there is none.
	 * @return whether the request was cancelled, or its deadline has passed
	 */
	default boolean isCancelled() {
		return false;
	}

	/**
	 * Have something done when nobody waits for the outcome any more: at once, on this
	 * thread, if nobody does already; never, if there is an outcome before. One action is
	 * kept, the last.
	 * @param action stops what works on the outcome
	 */
	default void onCancel(Runnable action) {
	}

	/**
	 * Take the outcome where that is a stream of items.
	 * @param items the items, closed by whoever takes them
	 * @param failures says what the peer gets to know about a failure of the source
	 */
	default void stream(ItemSource items, Function<Throwable, UdsReply> failures) {
		items.close();
		reply(UdsReply.failed(Status.UNIMPLEMENTED, "This protocol has no streams"));
	}

}
