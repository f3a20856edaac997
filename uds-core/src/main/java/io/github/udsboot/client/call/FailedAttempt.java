package io.github.udsboot.client.call;

import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;
import io.github.udsboot.transport.UdsAddress;

/**
 * Makes everything that an attempt to connect can end with its outcome: a transport that
 * throws, want of memory, of descriptors or of threads fail the attempt and nothing else.
 */
public final class FailedAttempt {

	private FailedAttempt() {
	}

	/**
	 * Return what an attempt has failed with.
	 * @param address the address of the socket
	 * @param cause what was thrown
	 * @return the failure
	 */
	public static ConnectFailedException of(UdsAddress address, Throwable cause) {
		return (cause instanceof ConnectFailedException failure) ? failure : new ConnectFailedException(Reason.OTHER,
				"Cannot connect to '" + address + "': " + describe(cause), cause);
	}

	private static String describe(Throwable cause) {
		return (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getName();
	}

}
