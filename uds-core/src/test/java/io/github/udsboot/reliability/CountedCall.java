package io.github.udsboot.reliability;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.udsboot.Status;
import io.github.udsboot.UdsConnectionLostException;
import io.github.udsboot.UdsRemoteException;
import io.github.udsboot.UdsUnavailableException;
import io.github.udsboot.client.UdsTemplate;

/**
 * Calls with an id, which the server notes when it executes them.
 */
final class CountedCall {

	private CountedCall() {
	}

	/** Make the call with an id, and say what came of it. */
	static Outcome make(UdsTemplate template, long id) {
		byte[] payload = new byte[(int) (16 + id % 500)];
		ByteBuffer.wrap(payload).putLong(id);
		try {
			byte[] reply;
			if (id % 3 == 0) {
				AtomicInteger outcomes = new AtomicInteger();
				CompletableFuture<byte[]> future = template.requestAsync("count", payload, byte[].class);
				future.whenComplete((value, failure) -> outcomes.incrementAndGet());
				reply = future.join();
				if (outcomes.get() > 1) {
					return Outcome.WRONG;
				}
			}
			else {
				reply = template.request("count", payload, byte[].class);
			}
			return Arrays.equals(payload, reply) ? Outcome.OK : Outcome.WRONG;
		}
		catch (RuntimeException ex) {
			return outcome((ex instanceof CompletionException && ex.getCause() != null) ? ex.getCause() : ex);
		}
	}

	private static Outcome outcome(Throwable failure) {
		if (failure instanceof UdsUnavailableException) {
			return Outcome.UNSENT;
		}
		if (failure instanceof UdsConnectionLostException) {
			return Outcome.PERHAPS;
		}
		if (failure instanceof UdsRemoteException remote && remote.isUndispatched()
				&& remote.getStatus() == Status.UNAVAILABLE) {
			return Outcome.UNSENT;
		}
		return Outcome.WRONG;
	}

	/** What a caller is told. */
	enum Outcome {

		/** The right reply: executed once. */
		OK,

		/** Certainly not executed. */
		UNSENT,

		/** Lost with its connection. */
		PERHAPS,

		/** Anything else. */
		WRONG

	}

}
