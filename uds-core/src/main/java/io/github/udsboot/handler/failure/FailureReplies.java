package io.github.udsboot.handler.failure;

import java.util.EnumSet;
import java.util.Set;

import org.apache.commons.logging.Log;

import io.github.udsboot.Status;
import io.github.udsboot.UdsStatusException;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.route.UdsHandlerEndpoint;
import io.github.udsboot.stream.ItemSource;

/**
 * Says what the peer gets to know about a failure, and logs it once: what the caller did
 * wrong and what the handler answered on purpose at DEBUG, what the handler lacked or had
 * refused by a bean below it or by stored data at WARN, all of these in a line; all else
 * at ERROR with its stack trace. Routes are logged as registered, never with a peer's
 * characters in them.
 */
public class FailureReplies {

	private static final Log logger = GuardedLog.of(FailureReplies.class);

	private static final UdsReply HANDLER_FAILED = UdsReply.failed(Status.INTERNAL, "handler failed");

	/** What the peer cannot help. */
	private static final Set<Status> SERVER_SIDE_STATUSES = EnumSet.of(Status.UNAVAILABLE, Status.DEADLINE_EXCEEDED,
			Status.RESOURCE_EXHAUSTED, Status.UNIMPLEMENTED);

	private final UdsHandlerEndpoint endpoint;

	private final FailureLog log;

	/** Is said of every call of a handler that always fails. */
	private final String failed;

	/**
	 * Create an instance.
	 * @param endpoint the handler method
	 */
	public FailureReplies(UdsHandlerEndpoint endpoint) {
		this.endpoint = endpoint;
		this.log = new FailureLog(logger, endpoint.beanType().getName());
		this.failed = "Handler of '" + endpoint.route() + "' failed: " + endpoint.describe();
	}

	/**
	 * Give a reply to the callback. Throws nothing.
	 * @param reply the reply
	 * @param callback takes it
	 */
	public void reply(UdsReply reply, UdsReplyCallback callback) {
		try {
			callback.reply(reply);
		}
		catch (Throwable ex) {
			this.log.unknown(() -> "The reply of '" + this.endpoint.route() + "' was not taken", ex,
					FailureLog.Context.NONE);
		}
	}

	/**
	 * Give a stream to the callback, with what is to be said of its failure. Throws
	 * nothing.
	 * @param items the items
	 * @param request what they answer
	 * @param callback takes them
	 */
	public void stream(ItemSource items, UdsRequest request, UdsReplyCallback callback) {
		try {
			callback.stream(items, (failure) -> replyTo(failure, request));
		}
		catch (Throwable ex) {
			this.log.unknown(() -> "The stream of '" + this.endpoint.route() + "' was not taken", ex,
					FailureLog.Context.of(request));
		}
	}

	/**
	 * Return the reply for a failure to resolve the arguments, to run the handler or to
	 * convert what it returned. Throws nothing.
	 * @param failure what was thrown
	 * @param request what has failed
	 * @return the reply
	 */
	public UdsReply replyTo(Throwable failure, UdsRequest request) {
		try {
			FailureLog.Context context = FailureLog.Context.of(request);
			try {
				return (failure instanceof UnresolvedArgumentException unresolved) ? replyTo(unresolved, context)
						: replyTo(failure, context);
			}
			catch (Throwable ex) {
				// a failure that fails to describe itself
				return handlerFailed(failure, context);
			}
		}
		catch (Throwable ex) {
			// Out of memory or of stack once more: the reply matters more than the line
			// in
			// the log
			return HANDLER_FAILED;
		}
	}

	private UdsReply replyTo(UnresolvedArgumentException failure, FailureLog.Context context) {
		String message = InvalidArguments.describe(failure);
		return (message != null) ? refused(message, failure.reason(), context)
				: handlerFailed(failure.reason(), context);
	}

	private UdsReply replyTo(Throwable failure, FailureLog.Context context) {
		Throwable reason = StandardFailures.unwrap(failure);
		if (reason instanceof UdsStatusException status) {
			return replyTo(status, context);
		}
		if (reason instanceof UnreadableItemException unreadable) {
			return refused(String.valueOf(unreadable.getMessage()), unreadable, context);
		}
		String violations = ArgumentViolations.describe(reason, this.endpoint);
		if (violations != null) {
			return refused(violations, reason, context);
		}
		UdsReply standard = StandardFailures.replyTo(reason);
		return (standard != null) ? standard(standard, reason, context) : handlerFailed(failure, context);
	}

	/**
	 * Return the reply to a request that no caller waits for any more. Throws nothing.
	 * @param status why
	 * @param failure how the handler took note, mostly an interrupt
	 * @param request the request
	 * @return the reply, which hardly a caller sees
	 */
	public UdsReply cancelled(Status status, Throwable failure, UdsRequest request) {
		this.log.expected(() -> "Handler of '" + this.endpoint.route() + "' ended after its request: " + status,
				failure, FailureLog.Context.of(request));
		return UdsReply.failed(status,
				(status == Status.DEADLINE_EXCEEDED) ? "The deadline has passed" : "The request was cancelled");
	}

	/**
	 * Return the reply for what an exception handler method threw in its turn: its own
	 * answer, or a second failure. Throws nothing.
	 * @param second what it threw
	 * @param exceptionHandler the exception handler method, as the log names it
	 * @param first what it was called for
	 * @param request what has failed
	 * @return the reply
	 */
	public UdsReply replyTo(Throwable second, Object exceptionHandler, Throwable first, UdsRequest request) {
		if (second instanceof UdsStatusException) {
			return replyTo(second, request);
		}
		FailureLog.Context context = FailureLog.Context.of(request);
		Throwable reason = (second instanceof UnresolvedArgumentException unresolved) ? unresolved.reason() : second;
		handlerFailed(first, context);
		this.log.unknown(
				() -> "Exception handler method of '" + this.endpoint.route() + "' failed, too: " + exceptionHandler,
				reason, context);
		return HANDLER_FAILED;
	}

	private UdsReply refused(String message, Throwable reason, FailureLog.Context context) {
		this.log.expected(() -> "Refused a request to '" + this.endpoint.route() + "': " + message, reason, context);
		return UdsReply.failed(Status.INVALID_ARGUMENT, message);
	}

	private UdsReply replyTo(UdsStatusException failure, FailureLog.Context context) {
		this.log.expected(() -> answered(failure.getStatus()), failure, context);
		return UdsReply.failed(failure.getStatus(), failure.getPeerMessage(), failure.getDetails());
	}

	private UdsReply standard(UdsReply reply, Throwable reason, FailureLog.Context context) {
		if (SERVER_SIDE_STATUSES.contains(reply.status()) || ArgumentViolations.isOfArguments(reason)
				|| StandardFailures.isOfData(reason)) {
			this.log.known(() -> answered(reply.status()), reason, context);
		}
		else {
			this.log.expected(() -> answered(reply.status()), reason, context);
		}
		return reply;
	}

	private String answered(Status status) {
		return "Handler of '" + this.endpoint.route() + "' answered " + status + ": " + this.endpoint.describe();
	}

	private UdsReply handlerFailed(Throwable reason, FailureLog.Context context) {
		this.log.unknown(() -> this.failed, reason, context);
		return HANDLER_FAILED;
	}

	/**
	 * Log that an exception handler method is about to answer. Throws nothing.
	 * @param exceptionHandler the exception handler method, as the log names it
	 * @param thrown what the handler method threw
	 * @param request what has failed
	 */
	public void handedTo(Object exceptionHandler, Throwable thrown, UdsRequest request) {
		this.log.expected(() -> "Handler of '" + this.endpoint.route() + "' failed, " + exceptionHandler + " answers",
				thrown, FailureLog.Context.of(request));
	}

	/**
	 * Log that no exception handler method could be looked for. Throws nothing.
	 * @param reason why
	 * @param request what has failed
	 */
	public void searchFailed(Throwable reason, UdsRequest request) {
		this.log.unknown(() -> "No exception handler method of '" + this.endpoint.route() + "' could be looked for",
				reason, FailureLog.Context.of(request));
	}

}
