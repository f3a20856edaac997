package io.github.udsboot.transport;

import java.io.IOException;
import java.nio.channels.Selector;

/**
 * Creates sockets. All its channels are non-blocking for life. Found under its name by
 * {@link java.util.ServiceLoader}.
 */
public interface UdsTransport {

	/**
	 * Return the name that selects the transport in the configuration.
	 * @return the name, in lower case
	 */
	String name();

	/**
	 * Return whether this transport can reach an address.
	 * @param address the address
	 * @return {@code true} if {@link #connect} and {@link #bind} support it
	 */
	boolean supports(UdsAddress address);

	/**
	 * Make one attempt to connect, without waiting.
	 * @param address the address
	 * @return the connected socket
	 * @throws ConnectFailedException if the attempt failed; its reason tells whether
	 * another attempt can help
	 */
	UdsSocket connect(UdsAddress address) throws ConnectFailedException;

	/**
	 * Check whether a process uses a socket file, without the process noticing.
	 * @param address the path of a socket
	 * @return what the kernel says; by default, and if this transport cannot ask,
	 * {@link SocketUse#UNKNOWN}
	 */
	default SocketUse useOf(UdsAddress address) {
		return SocketUse.UNKNOWN;
	}

	/**
	 * Bind a listening socket by the safe algorithm of {@link SocketFile}.
	 * @param address the address
	 * @param options mode, group and backlog
	 * @return the listening socket; the file already has its mode and group
	 * @throws BindFailedException if the address cannot be bound safely
	 */
	UdsServerSocket bind(UdsAddress address, BindOptions options) throws BindFailedException;

	/**
	 * Open a selector with which the sockets of this transport can be registered. A peer
	 * that has hung up leaves its key valid, and ready for every operation of its
	 * interest set. Select on platform threads; wake up, change interest sets and close
	 * on any thread.
	 * @return a new selector; it uses two descriptors
	 * @throws IOException if none can be opened
	 */
	Selector openSelector() throws IOException;

}
