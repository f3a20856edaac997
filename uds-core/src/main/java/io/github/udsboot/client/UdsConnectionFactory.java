package io.github.udsboot.client;

import java.io.Closeable;

import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.UdsAddress;

/**
 * The connections of one client. Thread-safe.
 */
public interface UdsConnectionFactory extends Closeable {

	/**
	 * Return where the client connects to.
	 * @return the address
	 */
	UdsAddress getAddress();

	/**
	 * Prove that the server can be reached by connecting once more and closing at once.
	 * @throws ConnectFailedException if it cannot be reached
	 */
	void probe() throws ConnectFailedException;

	/**
	 * Return what the client has done so far and does now.
	 * @return a snapshot
	 */
	UdsClientStats stats();

	/**
	 * Close the connections. Pending calls fail with
	 * {@link io.github.udsboot.UdsConnectionLostException} if they may have been sent.
	 */
	@Override
	void close();

}
