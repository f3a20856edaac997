package io.github.udsboot.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

import org.jspecify.annotations.Nullable;

/**
 * A listening, non-blocking socket.
 */
public interface UdsServerSocket extends Closeable {

	/**
	 * Return the address that clients connect to.
	 * @return the address
	 */
	UdsAddress address();

	/**
	 * Accept a waiting connection.
	 * @return the connected socket, or {@code null} if none is waiting
	 * @throws IOException if accepting failed, for instance for lack of descriptors; the
	 * socket keeps listening
	 */
	@Nullable UdsSocket accept() throws IOException;

	/**
	 * Register the socket with a selector of its transport.
	 * @param selector the selector
	 * @param operations the interest set
	 * @param attachment the attachment of the key
	 * @return the key
	 * @throws ClosedChannelException if the socket is closed
	 */
	SelectionKey register(Selector selector, int operations, @Nullable Object attachment) throws ClosedChannelException;

	/**
	 * Return the state of the address now.
	 * @return the state, {@link AddressState#OURS} for a bound abstract name
	 */
	AddressState addressState();

	/**
	 * Return whether the foreign file at the address is a leftover that is replaced when
	 * the address is bound again, by the same rule as for the first bind. Determining
	 * this may require a connection to it.
	 * @return {@code true} only if that is certain; by default always {@code false}
	 */
	default boolean isReplaceable() {
		return false;
	}

	/**
	 * Bind the address again if its file is gone or {@linkplain #isReplaceable()
	 * replaceable}, without leaving it to other servers in between. This socket keeps
	 * listening for the clients in its backlog until it is closed, which then no longer
	 * releases the address.
	 * @param options mode, group and backlog; the time to wait is ignored
	 * @return the socket to which clients now connect
	 * @throws BindFailedException if the address cannot be bound safely; this socket then
	 * keeps it
	 */
	default UdsServerSocket rebind(BindOptions options) throws BindFailedException {
		throw new BindFailedException(BindFailedException.Reason.OTHER, address(),
				"The address '" + address() + "' has no file that could be lost", "Restart the listener.", null);
	}

	/**
	 * Remove the socket file, provided that it is still the one that this socket created,
	 * so that no further client can connect; clients in the backlog can still be
	 * accepted. Has no effect on an abstract name.
	 */
	void withdraw();

	/**
	 * Withdraw, stop listening and release the address. May be called more than once.
	 */
	@Override
	void close();

	/** The state of a bound address. */
	enum AddressState {

		/** There is the file that this socket created. */
		OURS,

		/** There is nothing: another process removed the file. */
		GONE,

		/** There is a file that this socket did not create. */
		FOREIGN

	}

}
