package io.github.udsboot.client.call;

import io.github.udsboot.Status;
import io.github.udsboot.UdsException;
import io.github.udsboot.protocol.Frame;
import io.github.udsboot.protocol.InvalidFrame;
import io.github.udsboot.protocol.RefusalFrame;
import io.github.udsboot.protocol.ResponseFrame;

/**
 * What a caller gets for what a server may have sent: the payload, or a typed failure.
 */
public final class OutcomeCheck {

	private static final String ROUTE = "orders.get";

	private static final String PATH = "/run/orders.sock";

	private OutcomeCheck() {
	}

	public static void check(Frame frame) {
		boolean answer = frame instanceof ResponseFrame || frame instanceof RefusalFrame
				|| frame instanceof InvalidFrame;
		if (!answer) {
			return;
		}
		CallOutcome outcome = new CallOutcome.Answered(frame);
		boolean succeeded = frame instanceof ResponseFrame response && response.status() == Status.OK;
		try {
			byte[] payload = CallFailures.payload(outcome, ROUTE, PATH);
			require(succeeded && payload == ((ResponseFrame) frame).payload(), frame);
		}
		catch (UdsException ex) {
			require(!succeeded && ex.getStatus() != Status.OK && !String.valueOf(ex.getMessage()).isBlank(), frame);
		}
		boolean said = (frame instanceof ResponseFrame response && response.undispatched())
				|| frame instanceof RefusalFrame;
		require(said || !outcome.isRepeatable(), frame);
	}

	private static void require(boolean condition, Frame frame) {
		if (!condition) {
			throw new AssertionError("Outcome of " + frame);
		}
	}

}
