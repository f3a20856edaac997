package io.github.udsboot.handler;

import java.util.EnumSet;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.stream.ItemSource;

/**
 * Says what the peer gets to know about a failure, and logs it once: what the caller did
 * wrong and what the handler answered on purpose at DEBUG, what the handler lacked or had
 * refused by a bean below it at WARN, all else at ERROR. Routes are logged as registered,
 * never with a peer's characters in them.
 */
class FailureReplies {

	private static final Log logger = LogFactory.getLog(FailureReplies.class);

	private static final UdsReply HANDLER_FAILED = UdsReply.failed(Status.INTERNAL, "handler failed");

	/** What the peer cannot help. */
	private static final Set<Status> LACKS = EnumSet.of(Status.UNAVAILABLE, Status.DEADLINE_EXCEEDED,
			Status.RESOURCE_EXHAUSTED, Status.UNIMPLEMENTED);

	private final UdsHandlerEndpoint endpoint;

	/**
	 * Create an instance.
	 * @param endpoint the handler method
	 */
	FailureReplies(UdsHandlerEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Give a reply to the callback. Throws nothing.
	 * @param reply the reply
	 * @param callback takes it
	 */
	void reply(UdsReply reply, UdsReplyCallback callback) {
		try {
			callback.reply(reply);
		}
		catch (Throwable ex) {
			logError("The reply of '" + this.endpoint.route() + "' was not taken", ex);
		}
	}

	/**
	 * Give a stream to the callback, with what is to be said of its failure. Throws
	 * nothing.
	 * @param items the items
	 * @param callback takes them
	 */
	void stream(ItemSource items, UdsReplyCallback callback) {
		try {
			callback.stream(items, this::replyTo);
		}
		catch (Throwable ex) {
			logError("The stream of '" + this.endpoint.route() + "' was not taken", ex);
		}
	}

	/**
	 * Return the reply for a failure to resolve the arguments, to run the handler or to
	 * convert what it returned. Throws nothing.
	 * @param failure what was thrown
	 * @return the reply
	 */
	UdsReply replyTo(Throwable failure) {
		try {
			if (failure instanceof UnresolvedArgumentException unresolved) {
				return replyTo(unresolved);
			}
			if (failure instanceof UdsStatusException status) {
				return replyTo(status);
			}
			String violations = ArgumentViolations.describe(failure, this.endpoint);
			if (violations != null) {
				return refused(violations, failure);
			}
			UdsReply standard = StandardFailures.replyTo(failure);
			return (standard != null) ? standard(standard, failure) : handlerFailed(failure);
		}
		catch (Throwable ex) {
			// Out of memory or of stack once more, or a failure that fails to describe
			// itself: the reply matters more than the line in the log
			return HANDLER_FAILED;
		}
	}

	/**
	 * Return the reply to a request that nobody waits for any more.
	 * @param status why
	 * @param failure how the handler took note, mostly an interrupt
	 * @return the reply, which hardly anybody sees
	 */
	UdsReply cancelled(Status status, Throwable failure) {
		if (logger.isDebugEnabled()) {
			logger.debug("Handler of '" + this.endpoint.route() + "' ended after its request: " + status, failure);
		}
		return UdsReply.failed(status,
				(status == Status.DEADLINE_EXCEEDED) ? "The deadline has passed" : "The request was cancelled");
	}

	/**
	 * Return the reply for what an exception handler method threw in its turn: its own
	 * answer, or a second failure. Throws nothing.
	 * @param second what it threw
	 * @param exceptionHandler the exception handler method
	 * @param first what it was called for
	 * @return the reply
	 */
	UdsReply replyTo(Throwable second, ReplyingMethod exceptionHandler, Throwable first) {
		if (second instanceof UdsStatusException) {
			return replyTo(second);
		}
		Throwable reason = (second instanceof UnresolvedArgumentException unresolved) ? unresolved.reason() : second;
		logError("Handler of '" + this.endpoint.route() + "' failed: " + this.endpoint.describe(), first);
		logError("Exception handler method of '" + this.endpoint.route() + "' failed, too: " + exceptionHandler,
				reason);
		return HANDLER_FAILED;
	}

	private UdsReply replyTo(UnresolvedArgumentException failure) {
		String message = InvalidArguments.describe(failure);
		return (message != null) ? refused(message, failure.reason()) : handlerFailed(failure.reason());
	}

	private UdsReply refused(String message, Throwable reason) {
		if (logger.isDebugEnabled()) {
			logger.debug("Refused a request to '" + this.endpoint.route() + "': " + message, reason);
		}
		return UdsReply.failed(Status.INVALID_ARGUMENT, message);
	}

	private UdsReply replyTo(UdsStatusException failure) {
		if (logger.isDebugEnabled()) {
			logger.debug("Handler of '" + this.endpoint.route() + "' answered " + failure.getMessage(), failure);
		}
		return UdsReply.failed(failure.getStatus(), failure.getPeerMessage(), failure.getDetails());
	}

	private UdsReply standard(UdsReply reply, Throwable reason) {
		String line = "Handler of '" + this.endpoint.route() + "' answered " + reply.status() + ": "
				+ this.endpoint.describe();
		if (LACKS.contains(reply.status()) || ArgumentViolations.isOfArguments(reason)) {
			logger.warn(line, reason);
		}
		else {
			logger.debug(line, reason);
		}
		return reply;
	}

	private UdsReply handlerFailed(Throwable reason) {
		logger.error("Handler of '" + this.endpoint.route() + "' failed: " + this.endpoint.describe(), reason);
		return HANDLER_FAILED;
	}

	/**
	 * Log that an exception handler method is about to answer.
	 * @param exceptionHandler the exception handler method
	 * @param thrown what the handler method threw
	 */
	void handedTo(ReplyingMethod exceptionHandler, Throwable thrown) {
		if (logger.isDebugEnabled()) {
			logger.debug("Handler of '" + this.endpoint.route() + "' failed, " + exceptionHandler + " answers", thrown);
		}
	}

	/**
	 * Log that no exception handler method could be looked for. Throws nothing.
	 * @param reason why
	 */
	void searchFailed(Throwable reason) {
		logError("No exception handler method of '" + this.endpoint.route() + "' could be looked for", reason);
	}

	/** Throws nothing: nobody would be left to tell. */
	private static void logError(String line, Throwable reason) {
		try {
			logger.error(line, reason);
		}
		catch (Throwable ex) {
			// The reply matters more
		}
	}

}
