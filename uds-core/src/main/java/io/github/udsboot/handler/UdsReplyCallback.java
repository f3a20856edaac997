package io.github.udsboot.handler;

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

}
