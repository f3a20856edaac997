package io.github.udsboot.handler;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;
import org.springframework.validation.BindException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;

import io.github.udsboot.Status;

/**
 * What exceptions of Spring and the JDK mean to a peer when no exception handler method
 * takes them; {@code docs/errors.md} has the table. Messages of exceptions are left out,
 * unless they were written for a peer.
 *
 * <p>
 * Not here, because they are faults of a program as often as not:
 * {@code IllegalArgumentException}, {@code IllegalStateException},
 * {@code NoSuchElementException} and {@code UnsupportedOperationException}.
 */
final class StandardFailures {

	/** By name, for most of the libraries are absent. Subclasses mean the same. */
	static final Map<String, Status> STATUSES = Map.ofEntries(
			Map.entry("org.springframework.security.access.AccessDeniedException", Status.PERMISSION_DENIED),
			Map.entry("org.springframework.security.core.AuthenticationException", Status.UNAUTHENTICATED),
			Map.entry("org.springframework.dao.EmptyResultDataAccessException", Status.NOT_FOUND),
			Map.entry("org.springframework.orm.ObjectRetrievalFailureException", Status.NOT_FOUND),
			Map.entry("org.springframework.dao.DuplicateKeyException", Status.ALREADY_EXISTS),
			Map.entry("org.springframework.dao.ConcurrencyFailureException", Status.ABORTED),
			Map.entry("org.springframework.dao.QueryTimeoutException", Status.DEADLINE_EXCEEDED),
			Map.entry("org.springframework.transaction.TransactionTimedOutException", Status.DEADLINE_EXCEEDED),
			Map.entry("java.util.concurrent.TimeoutException", Status.DEADLINE_EXCEEDED),
			Map.entry("io.github.udsboot.UdsDeadlineExceededException", Status.DEADLINE_EXCEEDED),
			Map.entry("java.util.concurrent.RejectedExecutionException", Status.RESOURCE_EXHAUSTED),
			Map.entry("org.springframework.dao.DataAccessResourceFailureException", Status.UNAVAILABLE),
			Map.entry("org.springframework.dao.TransientDataAccessResourceException", Status.UNAVAILABLE),
			Map.entry("org.springframework.transaction.CannotCreateTransactionException", Status.UNAVAILABLE),
			Map.entry("io.github.udsboot.UdsUnavailableException", Status.UNAVAILABLE),
			Map.entry("io.github.udsboot.UdsConnectionLostException", Status.UNAVAILABLE));

	private static final boolean WEB_PRESENT = ClassUtils.isPresent("org.springframework.web.ErrorResponse",
			StandardFailures.class.getClassLoader());

	private StandardFailures() {
	}

	/**
	 * Return the reply for an exception.
	 * @param failure the exception
	 * @return the reply, or {@code null} if it means nothing that is known
	 */
	static @Nullable UdsReply replyTo(Throwable failure) {
		UdsReply reply = WEB_PRESENT ? Web.replyTo(failure) : null;
		if (reply == null && failure instanceof BindException ex) {
			reply = UdsReply.failed(Status.INVALID_ARGUMENT, InvalidArguments.describe(ex.getBindingResult()));
		}
		if (reply == null && failure instanceof MethodArgumentNotValidException ex) {
			reply = UdsReply.failed(Status.INVALID_ARGUMENT, InvalidArguments.describe(ex.getBindingResult()));
		}
		if (reply == null && ArgumentViolations.isOfArguments(failure)) {
			reply = UdsReply.failed(Status.INVALID_ARGUMENT, message(Status.INVALID_ARGUMENT));
		}
		for (Class<?> type = failure.getClass(); reply == null && type != null; type = type.getSuperclass()) {
			Status status = STATUSES.get(type.getName());
			reply = (status != null) ? UdsReply.failed(status, message(status)) : null;
		}
		return reply;
	}

	private static String message(Status status) {
		return switch (status) {
			case INVALID_ARGUMENT -> "not valid";
			case NOT_FOUND -> "not found";
			case ALREADY_EXISTS -> "exists already";
			case PERMISSION_DENIED -> "access denied";
			case UNAUTHENTICATED -> "not authenticated";
			case ABORTED -> "collided with another call";
			case DEADLINE_EXCEEDED -> "the handler waited too long";
			case RESOURCE_EXHAUSTED -> "too much to do";
			case UNAVAILABLE -> "the handler lacks what it needs";
			default -> "handler failed";
		};
	}

	/**
	 * Apart, since spring-web may be absent.
	 */
	private static final class Web {

		static @Nullable UdsReply replyTo(Throwable failure) {
			if (failure instanceof ErrorResponse response) {
				return replyTo(response.getStatusCode().value(), response.getBody().getDetail());
			}
			ResponseStatus annotation = AnnotatedElementUtils.findMergedAnnotation(failure.getClass(),
					ResponseStatus.class);
			return (annotation != null) ? replyTo(annotation.code().value(), annotation.reason()) : null;
		}

		private static @Nullable UdsReply replyTo(int code, @Nullable String text) {
			Status status = statusOf(code);
			return (status != null) ? UdsReply.failed(status, StringUtils.hasText(text) ? text : message(status))
					: null;
		}

		private static @Nullable Status statusOf(int code) {
			return switch (code) {
				case 400, 422 -> Status.INVALID_ARGUMENT;
				case 401 -> Status.UNAUTHENTICATED;
				case 403 -> Status.PERMISSION_DENIED;
				case 404, 410 -> Status.NOT_FOUND;
				case 408, 504 -> Status.DEADLINE_EXCEEDED;
				case 409 -> Status.ABORTED;
				case 416 -> Status.OUT_OF_RANGE;
				case 413, 429 -> Status.RESOURCE_EXHAUSTED;
				case 501 -> Status.UNIMPLEMENTED;
				case 502, 503 -> Status.UNAVAILABLE;
				default -> (code >= 400 && code < 500) ? Status.FAILED_PRECONDITION : null;
			};
		}

	}

}
