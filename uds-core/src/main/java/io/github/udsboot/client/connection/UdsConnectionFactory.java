package io.github.udsboot.client.connection;

import java.io.Closeable;

import io.github.udsboot.transport.ConnectFailedException;
import io.github.udsboot.transport.UdsAddress;

/**
 * The connections of one client. Thread-safe.
 */
public interface UdsConnectionFactory extends Closeable {

	/**
	 * Return the address that the client connects to.
	 * @return the address
	 */
	UdsAddress getAddress();

	/**
	 * Return what is known about the server: an existing connection is sufficient proof.
	 * If there is none, this connects only if requested, or if the protocol has routes,
	 * whose servers tolerate that; see
	 * {@link io.github.udsboot.client.UdsTemplateBuilder#probe}. Takes no longer than
	 * {@link #probe()}.
	 * @return what is known now
	 */
	Reachability reachability();

	/**
	 * Prove that the server can be reached by connecting once more. The server sees a
	 * client that ends its output without having sent anything, and reads what the server
	 * sends until the server closes, for 200 ms at most. A server that serves one
	 * connection and exits is used up by it.
	 * @throws ConnectFailedException if the server cannot be reached
	 */
	void probe() throws ConnectFailedException;

	/**
	 * Return what the client has done so far and is doing now.
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
