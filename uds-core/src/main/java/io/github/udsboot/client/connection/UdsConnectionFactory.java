package io.github.udsboot.client.connection;

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
	 * Return what is known of the server: a connection that is there is proof enough. If
	 * there is none, it is connected to only if that was asked for, or the protocol has
	 * routes, whose servers do not mind; see
	 * {@link io.github.udsboot.client.UdsTemplateBuilder#probe}. Takes no longer than
	 * {@link #probe()}.
	 * @return what is known now
	 */
	Reachability reachability();

	/**
	 * Prove that the server can be reached by connecting once more. The server sees a
	 * client that ends its output without having sent anything, and takes what it is sent
	 * until the server closes, for 200 ms at most. A server that serves one connection
	 * and ends is used up by it.
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
