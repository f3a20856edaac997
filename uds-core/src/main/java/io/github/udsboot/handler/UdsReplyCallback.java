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
	 * Take the outcome where that is a stream of items.
	 * @param items the items, closed by whoever takes them
	 * @param failures says what the peer gets to know about a failure of the source
	 */
	default void stream(ItemSource items, Function<Throwable, UdsReply> failures) {
		items.close();
		reply(UdsReply.failed(Status.UNIMPLEMENTED, "This protocol has no streams"));
	}

}
