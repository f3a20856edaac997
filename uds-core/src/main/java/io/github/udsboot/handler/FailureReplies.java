package io.github.udsboot.handler;

import java.util.concurrent.CompletionException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;

/**
 * Says what the peer gets to know about a failure, and logs it once: what the caller did
 * wrong and what the handler answered on purpose at DEBUG, all else at ERROR. Routes are
 * logged as registered, never with a peer's characters in them.
 */
class FailureReplies {

	private static final Log logger = LogFactory.getLog(FailureReplies.class);

	private static final UdsReply HANDLER_FAILED = UdsReply.failed(Status.INTERNAL, "handler failed");

	private final UdsHandlerEndpoint endpoint;

	/**
	 * Create an instance.
	 * @param endpoint the handler method
	 */
	FailureReplies(UdsHandlerEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Return the reply for a failure to resolve the arguments, to run the handler or to
	 * convert what it returned. Throws nothing.
	 * @param failure what was thrown
	 * @return the reply
	 */
	UdsReply replyTo(Throwable failure) {
		try {
			Throwable reason = unwrap(failure);
			if (reason instanceof UnresolvedArgumentException unresolved) {
				return replyTo(unresolved);
			}
			if (reason instanceof UdsStatusException status) {
				return replyTo(status);
			}
			String violations = ArgumentViolations.describe(reason, this.endpoint);
			return (violations != null) ? refused(violations, reason) : handlerFailed(reason);
		}
		catch (Throwable ex) {
			// Out of memory or of stack once more, or a failure that fails to describe
			// itself: the reply matters more than the line in the log
			return HANDLER_FAILED;
		}
	}

	private static Throwable unwrap(Throwable failure) {
		Throwable reason = failure;
		while (reason instanceof CompletionException && reason.getCause() != null) {
			reason = reason.getCause();
		}
		return reason;
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
		return UdsReply.failed(failure.getStatus(), failure.getPeerMessage());
	}

	private UdsReply handlerFailed(Throwable reason) {
		logger.error("Handler of '" + this.endpoint.route() + "' failed: " + this.endpoint.describe(), reason);
		return HANDLER_FAILED;
	}

	/**
	 * Log that the reply was not taken. Throws nothing.
	 * @param reason what the callback threw
	 */
	void callbackFailed(Throwable reason) {
		try {
			logger.error("The reply of '" + this.endpoint.route() + "' was not taken", reason);
		}
		catch (Throwable ex) {
			// Nobody is left to tell
		}
	}

}
