package io.github.udsboot.client.call;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.UdsCancelledException;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsDeadlineExceededException;
import io.github.udsboot.UdsException;
import io.github.udsboot.UdsLimitExceededException;
import io.github.udsboot.UdsProtocolException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.UdsUnexpectedServerException;
import io.github.udsboot.client.call.CallOutcome.Answered;
import io.github.udsboot.client.call.CallOutcome.Ended;
import io.github.udsboot.client.call.CallOutcome.Lost;
import io.github.udsboot.client.call.CallOutcome.Unsent;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.FrameTooLargeException;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.protocol.ResponseFrame;
import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.UnexpectedServerException;

/**
 * The exceptions that callers get: for the outcome of a call on a connection, and for a
 * call that never reached one.
 */
public final class CallFailures {

	private CallFailures() {
	}

	/**
	 * Return the payload of an answer.
	 * @throws UdsException if the outcome is a failure
	 */
	public static byte[] payload(CallOutcome outcome, String route, String path) {
		if (outcome instanceof Answered answered && answered.frame() instanceof ResponseFrame response
				&& response.status() == Status.OK) {
			return response.payload();
		}
		throw failure(outcome, route, path);
	}

	/** Return the exception for an outcome that is not a success. */
	public static UdsException failure(CallOutcome outcome, String route, String path) {
		if (outcome instanceof Answered answered) {
			return failure(answered.frame(), route, path);
		}
		if (outcome instanceof Lost lost) {
			return new UdsConnectionLostException(
					lost.message() + " before the answer came; the call may have been executed", route, path,
					lost.cause());
		}
		if (outcome instanceof Unsent unsent) {
			return new UdsUnavailableException(unsent.message() + "; the call was not sent", route, path,
					unsent.cause());
		}
		return switch ((Ended) outcome) {
			case NOT_SUBMITTED -> new UdsUnavailableException(
					"The server closes its connections at once; the call was not sent", route, path, null);
			case EXPIRED -> new UdsDeadlineExceededException("No answer came in time; the call may have been executed",
					route, path, null);
			case EXPIRED_UNSENT -> new UdsDeadlineExceededException(
					"The server reads no more, and the deadline passed before it took the request; the call was not sent",
					route, path, null);
			case CANCELLED -> new UdsCancelledException("The caller has cancelled the call; it may have been executed",
					route, path, null);
			case CANCELLED_UNSENT -> new UdsCancelledException(
					"The caller has cancelled the call; the call was not sent", route, path, null);
		};
	}

	/** Return the exception for a frame that the server sends in place of an answer. */
	public static UdsException failure(Frame frame, String route, String path) {
		if (frame instanceof ResponseFrame response) {
			return remote(response, route, path);
		}
		if (frame instanceof RefusalFrame refusal) {
			return new UdsRemoteException(refusal.status(), refusal.message(), List.of(), true, route, path);
		}
		if (frame instanceof InvalidFrame invalid) {
			return (invalid.status() == Status.RESOURCE_EXHAUSTED) ? new UdsRemoteException(invalid.status(),
					"The answer was not taken: " + invalid.message(), route, path)
					: new UdsProtocolException(invalid.message(), route, path, null);
		}
		return new UdsProtocolException("The server answers with a stream of items: call the route with stream()",
				route, path, null);
	}

	/** Return the exception for a call that no server takes. */
	public static UdsUnavailableException noServer(ConnectFailedException failure, @Nullable String route,
			String path) {
		String message = failure.getMessage() + unsent(route);
		return (failure instanceof UnexpectedServerException unexpected)
				? new UdsUnexpectedServerException(message, route, path, unexpected.server(), failure)
				: new UdsUnavailableException(message, route, path, failure);
	}

	/**
	 * Return the exception for a call whose deadline passed while it waited.
	 * @param failure why there is no connection, {@code null} if the call waited for its
	 * turn
	 */
	public static UdsDeadlineExceededException noConnectionInTime(@Nullable String route, String path,
			@Nullable ConnectFailedException failure) {
		return new UdsDeadlineExceededException(
				"The deadline passed before the call's turn came or a connection could be had"
						+ ((failure != null) ? " (" + failure.getMessage() + ")" : "") + unsent(route),
				route, path, failure);
	}

	/** Return the exception for a call of a client that is closed. */
	public static UdsCancelledException clientClosed(@Nullable String route, String path) {
		return new UdsCancelledException("The client is closed" + unsent(route), route, path, null);
	}

	/**
	 * Return the exception for a thread that was interrupted before its call was sent,
	 * and restore the interrupt.
	 */
	public static UdsCancelledException interrupted(@Nullable String route, String path) {
		Thread.currentThread().interrupt();
		return new UdsCancelledException("The calling thread was interrupted" + unsent(route), route, path, null);
	}

	/**
	 * Return the exception for a thread that was interrupted while it waited for an
	 * answer, and restore the interrupt.
	 */
	public static UdsCancelledException interruptedAwaitingAnswer(String route, String path) {
		Thread.currentThread().interrupt();
		return new UdsCancelledException("The calling thread was interrupted; the call may have been executed", route,
				path, null);
	}

	/** Return the exception for a request that is larger than a frame may be. */
	public static UdsLimitExceededException requestTooLarge(FrameTooLargeException failure, String remedy, String route,
			String path) {
		return new UdsLimitExceededException(failure.getMessage() + "; the call was not sent. " + remedy, route, path,
				failure);
	}

	private static String unsent(@Nullable String route) {
		return (route != null) ? "; the call was not sent" : "; nothing was sent";
	}

	/**
	 * Return the status that a call is recorded with.
	 * @param failure the failure of the call, {@code null} for none
	 */
	public static Status statusOf(@Nullable Throwable failure) {
		if (failure == null) {
			return Status.OK;
		}
		return (failure instanceof UdsException known) ? known.getStatus() : Status.INTERNAL;
	}

	private static UdsException remote(ResponseFrame response, String route, String path) {
		if (response.undispatched() && response.status() == Status.UNAVAILABLE) {
			return new UdsUnavailableException(response.message() + "; no handler has seen the call", route, path,
					null);
		}
		if (response.status() == Status.DEADLINE_EXCEEDED) {
			// the server keeps the same deadline and may report it slightly earlier:
			// chance must not make two kinds of failure
			return new UdsDeadlineExceededException(
					"The server ended the call (" + response.message() + "); "
							+ (response.undispatched() ? "no handler has seen it" : "it may have been executed"),
					route, path, null);
		}
		return new UdsRemoteException(response.status(), response.message(), response.details(),
				response.undispatched(), route, path);
	}

}
