package io.github.udsboot.client.call;

import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.ConnectFailedException.Reason;
import io.github.udsboot.transport.UdsAddress;

/**
 * Turns everything that can end an attempt to connect into its outcome: a transport that
 * throws, or a lack of memory, descriptors or threads, fails the attempt and nothing
 * else.
 */
public final class FailedAttempt {

	private FailedAttempt() {
	}

	/**
	 * Return the failure of an attempt.
	 * @param address the address of the socket
	 * @param cause the exception thrown
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
