package io.github.udsboot.handler.failure;

import java.lang.reflect.UndeclaredThrowableException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;
import org.springframework.validation.BindException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;

import io.github.udsboot.Status;
import io.github.udsboot.handler.UdsReply;
import io.github.udsboot.stream.PublisherFailedException;

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
			Map.entry("org.springframework.dao.DataIntegrityViolationException", Status.FAILED_PRECONDITION),
			Map.entry("java.sql.SQLIntegrityConstraintViolationException", Status.FAILED_PRECONDITION),
			Map.entry("org.springframework.dao.ConcurrencyFailureException", Status.ABORTED),
			Map.entry("java.sql.SQLTransactionRollbackException", Status.ABORTED),
			Map.entry("org.springframework.dao.QueryTimeoutException", Status.DEADLINE_EXCEEDED),
			Map.entry("java.sql.SQLTimeoutException", Status.DEADLINE_EXCEEDED),
			Map.entry("org.springframework.transaction.TransactionTimedOutException", Status.DEADLINE_EXCEEDED),
			Map.entry("java.util.concurrent.TimeoutException", Status.DEADLINE_EXCEEDED),
			Map.entry("io.github.udsboot.UdsDeadlineExceededException", Status.DEADLINE_EXCEEDED),
			Map.entry("java.util.concurrent.RejectedExecutionException", Status.RESOURCE_EXHAUSTED),
			Map.entry("org.springframework.dao.DataAccessResourceFailureException", Status.UNAVAILABLE),
			Map.entry("org.springframework.dao.TransientDataAccessResourceException", Status.UNAVAILABLE),
			Map.entry("org.springframework.dao.RecoverableDataAccessException", Status.UNAVAILABLE),
			Map.entry("java.sql.SQLTransientConnectionException", Status.UNAVAILABLE),
			Map.entry("java.sql.SQLNonTransientConnectionException", Status.UNAVAILABLE),
			Map.entry("java.sql.SQLRecoverableException", Status.UNAVAILABLE),
			Map.entry("org.springframework.transaction.CannotCreateTransactionException", Status.UNAVAILABLE),
			Map.entry("io.github.udsboot.UdsUnavailableException", Status.UNAVAILABLE),
			Map.entry("io.github.udsboot.UdsConnectionLostException", Status.UNAVAILABLE));

	/** To look for the names of all superclasses takes as long as a quick call. */
	private static final ClassValue<Optional<Status>> STATUS_OF_CLASS = new ClassValue<>() {

		@Override
		protected Optional<Status> computeValue(Class<?> type) {
			return statusOf(type);
		}

	};

	private static final boolean WEB_PRESENT = ClassUtils.isPresent("org.springframework.web.ErrorResponse",
			StandardFailures.class.getClassLoader());

	/** A chain of causes may be a circle. */
	private static final int MAX_CAUSES = 16;

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
		if (reply != null) {
			return reply;
		}
		Status status = statusOf(failure);
		return (status != null) ? UdsReply.failed(status, message(status)) : null;
	}

	/**
	 * Return what an exception stands for that says nothing itself.
	 * @param failure the exception
	 * @return its cause, or the exception if it is another one
	 */
	static Throwable unwrap(Throwable failure) {
		Throwable reason = failure;
		for (int i = 0; i < MAX_CAUSES && isWrapper(reason) && reason.getCause() != null; i++) {
			reason = reason.getCause();
		}
		return reason;
	}

	private static boolean isWrapper(Throwable failure) {
		return failure instanceof CompletionException || failure instanceof ExecutionException
				|| failure instanceof UndeclaredThrowableException || failure instanceof PublisherFailedException;
	}

	/**
	 * Return whether stored data have refused what the handler did to them, which may be
	 * the caller's fault or the program's.
	 * @param failure the exception
	 * @return {@code true} for an integrity violation that is not a duplicate key
	 */
	static boolean isOfData(Throwable failure) {
		return statusOf(failure) == Status.FAILED_PRECONDITION;
	}

	private static @Nullable Status statusOf(Throwable failure) {
		Status status = STATUS_OF_CLASS.get(failure.getClass()).orElse(null);
		return (status == Status.FAILED_PRECONDITION && isDuplicate(failure)) ? Status.ALREADY_EXISTS : status;
	}

	private static Optional<Status> statusOf(Class<?> failure) {
		for (Class<?> type = failure; type != null; type = type.getSuperclass()) {
			Status status = STATUSES.get(type.getName());
			if (status != null) {
				return Optional.of(status);
			}
		}
		return Optional.empty();
	}

	/** JPA has one exception for all of them, whose cause tells more. */
	private static boolean isDuplicate(Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
			if (isSqlException(cause.getClass())) {
				return Sql.isDuplicate(cause);
			}
			cause = cause.getCause();
		}
		return false;
	}

	private static boolean isSqlException(Class<?> type) {
		for (Class<?> each = type; each != null; each = each.getSuperclass()) {
			if (each.getName().equals("java.sql.SQLException")) {
				return true;
			}
		}
		return false;
	}

	private static String message(Status status) {
		return switch (status) {
			case INVALID_ARGUMENT -> "not valid";
			case NOT_FOUND -> "not found";
			case ALREADY_EXISTS -> "exists already";
			case PERMISSION_DENIED -> "access denied";
			case UNAUTHENTICATED -> "not authenticated";
			case ABORTED -> "collided with another call";
			case FAILED_PRECONDITION -> "not possible in the present state";
			case OUT_OF_RANGE -> "out of range";
			case UNIMPLEMENTED -> "not implemented";
			case DEADLINE_EXCEEDED -> "the handler waited too long";
			case RESOURCE_EXHAUSTED -> "too much to do";
			case UNAVAILABLE -> "the handler lacks what it needs";
			default -> "handler failed";
		};
	}

	/**
	 * Apart, since a runtime may come without the module {@code java.sql}.
	 */
	private static final class Sql {

		/** The SQL state of most databases. */
		private static final String UNIQUE_VIOLATION = "23505";

		/** The SQL state of the others, whose own codes tell which constraint it was. */
		private static final String INTEGRITY_VIOLATION = "23000";

		/** Oracle, SAP HANA, MySQL and MariaDB, SQL Server (two), Informix (two). */
		private static final Set<Integer> DUPLICATE_KEY_CODES = Set.of(1, 301, 1062, 2601, 2627, -239, -268);

		static boolean isDuplicate(Throwable failure) {
			return failure instanceof SQLException ex
					&& (UNIQUE_VIOLATION.equals(ex.getSQLState()) || (INTEGRITY_VIOLATION.equals(ex.getSQLState())
							&& DUPLICATE_KEY_CODES.contains(ex.getErrorCode())));
		}

	}

	/**
	 * Apart, since spring-web may be absent.
	 */
	private static final class Web {

		/** To look for an annotation takes as long as a quick call. */
		private static final ClassValue<Optional<UdsReply>> ANNOTATED = new ClassValue<>() {

			@Override
			protected Optional<UdsReply> computeValue(Class<?> type) {
				ResponseStatus annotation = AnnotatedElementUtils.findMergedAnnotation(type, ResponseStatus.class);
				return Optional.ofNullable(
						(annotation != null) ? Web.replyTo(annotation.code().value(), annotation.reason()) : null);
			}

		};

		static @Nullable UdsReply replyTo(Throwable failure) {
			if (failure instanceof ErrorResponse response) {
				return replyTo(response.getStatusCode().value(), response.getBody().getDetail());
			}
			return ANNOTATED.get(failure.getClass()).orElse(null);
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
