package io.github.udsboot.client.call;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.Status;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.protocol.ResponseFrame;

/**
 * The outcome of one attempt at a call on a connection.
 */
public sealed interface CallOutcome {

	/**
	 * Return whether the call was certainly not executed and may be if it is repeated: a
	 * server that is full may have room soon, one that does not allow this client will
	 * not.
	 */
	boolean isRepeatable();

	/**
	 * The server has sent something about the call: an answer, a refusal, or a frame that
	 * is neither.
	 *
	 * @param frame the frame that it sent
	 */
	record Answered(Frame frame) implements CallOutcome {

		@Override
		public boolean isRepeatable() {
			if (this.frame instanceof RefusalFrame refusal) {
				return refusal.status() == Status.RESOURCE_EXHAUSTED || refusal.status() == Status.UNAVAILABLE;
			}
			return this.frame instanceof ResponseFrame response && response.undispatched()
					&& response.status() == Status.UNAVAILABLE;
		}

	}

	/**
	 * The connection broke after the request may have been sent.
	 *
	 * @param message what happened
	 * @param cause why, or {@code null}
	 */
	record Lost(String message, @Nullable Throwable cause) implements CallOutcome {

		@Override
		public boolean isRepeatable() {
			return false;
		}

	}

	/**
	 * The connection broke before the first byte of the request left.
	 *
	 * @param message what happened
	 * @param cause why, or {@code null}
	 */
	record Unsent(String message, @Nullable Throwable cause) implements CallOutcome {

		@Override
		public boolean isRepeatable() {
			return true;
		}

	}

	/** Outcomes without further information. */
	enum Ended implements CallOutcome {

		/** The connection takes no more calls. */
		NOT_SUBMITTED,

		/** The deadline has passed, or the waiting thread was interrupted. */
		EXPIRED,

		/** The same, but the request was withdrawn before a byte of it was written. */
		EXPIRED_UNSENT,

		/** The caller has given up the call. */
		CANCELLED,

		/** The same, but the request was withdrawn before a byte of it was written. */
		CANCELLED_UNSENT;

		@Override
		public boolean isRepeatable() {
			return this == NOT_SUBMITTED;
		}

	}

}
