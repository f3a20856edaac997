package io.github.udsboot.handler.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.handler.UdsReplyCallback;
import io.github.udsboot.handler.UdsRequest;
import io.github.udsboot.handler.failure.FailureReplies;
import io.github.udsboot.handler.failure.UnresolvedArgumentException;
import io.github.udsboot.interceptor.PeerContext.Scope;

/**
 * Answers the requests that a handler method has failed to answer: with what an exception
 * handler method makes of the failure or, where none takes it, as {@link FailureReplies}
 * has it. An exception handler method that throws the failure again leaves it to those,
 * too.
 */
class FailedRequests implements ReplyingMethod.FailureTaker {

	/** How far a chain of causes is followed, as it may be a circle. */
	private static final int MAX_CAUSES = 16;

	private final ReplyingMethod method;

	private final FailureReplies replies;

	private final ExceptionHandlerMethods exceptionHandlers;

	/**
	 * Create an instance.
	 * @param method the handler method
	 * @param exceptionHandlers the exception handler methods that may stand in for it
	 */
	FailedRequests(ReplyingMethod method, ExceptionHandlerMethods exceptionHandlers) {
		this.method = method;
		this.replies = method.failures();
		this.exceptionHandlers = exceptionHandlers;
	}

	/** Throws nothing, though the methods of a failure are code of the application's. */
	@Override
	public void failed(Throwable failure, UdsRequest request, Map<String, String> variables,
			UdsReplyCallback callback) {
		Throwable reason = unwrap(failure);
		Status cancelled = callback.cancelled();
		if (cancelled != null) {
			this.replies.reply(this.replies.cancelled(cancelled, reason, request), callback);
			return;
		}
		Throwable thrown = (reason instanceof UnresolvedArgumentException unresolved) ? unresolved.reason() : reason;
		ReplyingMethod exceptionHandler = find(thrown, request);
		if (exceptionHandler == null) {
			this.replies.reply(this.replies.replyTo(reason, request), callback);
			return;
		}
		// The thread may be one of the application's, which completed a stage: an
		// interrupt that came before is not for the exception handler method
		boolean interrupted = Thread.currentThread().isInterrupted();
		Scope scope = openContext(callback);
		if (scope == null) {
			this.replies.reply(this.replies.replyTo(reason, request), callback);
			return;
		}
		try {
			call(exceptionHandler, reason, thrown, request, variables, callback);
		}
		finally {
			scope.close();
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/** The thread may be one that has nothing of the caller's bound to it. */
	private static @Nullable Scope openContext(UdsReplyCallback callback) {
		try {
			return callback.openContext();
		}
		catch (Throwable ex) {
			LostFailures.log("An exception handler is not called, as its context cannot be bound", ex);
			return null;
		}
	}

	private void call(ReplyingMethod exceptionHandler, Throwable reason, Throwable thrown, UdsRequest request,
			Map<String, String> variables, UdsReplyCallback callback) {
		exceptionHandler.call(request, variables, callback, (ex, sameRequest, sameVariables, sameCallback) -> {
			Throwable second = unwrap(ex);
			this.replies.reply((second != thrown) ? this.replies.replyTo(second, exceptionHandler, thrown, sameRequest)
					: this.replies.replyTo(reason, sameRequest), sameCallback);
		}, arguments(thrown));
	}

	private @Nullable ReplyingMethod find(Throwable thrown, UdsRequest request) {
		try {
			ReplyingMethod found = this.exceptionHandlers.find(thrown);
			if (found != null) {
				this.replies.handedTo(found, thrown, request);
			}
			return found;
		}
		catch (Throwable ex) {
			this.replies.searchFailed(ex, request);
			return null;
		}
	}

	private static Throwable unwrap(Throwable failure) {
		Throwable reason = failure;
		try {
			for (int i = 0; i < MAX_CAUSES && reason instanceof CompletionException && reason.getCause() != null; i++) {
				reason = reason.getCause();
			}
		}
		catch (Throwable ex) {
			// one that does not say why it was thrown stands for itself
		}
		return reason;
	}

	/** What parameters of an exception handler method get by their type. */
	private Object[] arguments(Throwable thrown) {
		List<Object> arguments = new ArrayList<>();
		try {
			for (Throwable each = thrown; each != null && arguments.size() < MAX_CAUSES; each = each.getCause()) {
				arguments.add(each);
			}
		}
		catch (Throwable ex) {
			// those that are known are enough
		}
		arguments.add(this.method.handlerMethod());
		return arguments.toArray();
	}

}
