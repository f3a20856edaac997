package io.github.udsboot.handler;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.interceptor.PeerContext.Scope;
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
	 * Return why the caller waits for the outcome no more, so that it is no failure if
	 * there is none.
	 * @return {@code CANCELLED} or {@code DEADLINE_EXCEEDED}, {@code null} while the
	 * caller waits
	 */
	default @Nullable Status cancelled() {
		return null;
	}

	/**
	 * Have something done when the caller waits for the outcome no more: at once, on this
	 * thread, if it has left already; never, if there is an outcome before. One action is
	 * kept, the last.
	 * @param action stops what works on the outcome
	 */
	default void onCancel(Runnable action) {
	}

	/**
	 * Bind the contexts of the caller to the calling thread, for code of the application
	 * that is not called by the handler.
	 * @return ends the binding, on the same thread
	 */
	default Scope openContext() {
		return Scope.NONE;
	}

	/**
	 * Take the outcome where that is a stream of items.
	 * @param items the items, closed by the method that takes them
	 * @param failures says what the peer gets to know about a failure of the source
	 */
	default void stream(ItemSource items, Function<Throwable, UdsReply> failures) {
		try {
			items.close();
		}
		finally {
			reply(UdsReply.failed(Status.UNIMPLEMENTED, "This protocol has no streams"));
		}
	}

}
