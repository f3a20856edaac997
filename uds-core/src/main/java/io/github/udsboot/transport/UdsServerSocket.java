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
	 * Accept a connection that waits.
	 * @return the connected socket, or {@code null} when none waits
	 * @throws IOException if accepting failed, for instance for want of descriptors; the
	 * socket keeps listening
	 */
	@Nullable UdsSocket accept() throws IOException;

	/**
	 * Register the socket with a selector of its transport.
	 * @param selector the selector
	 * @param operations the interest set
	 * @param attachment what the key should carry
	 * @return the key
	 * @throws ClosedChannelException if the socket is closed
	 */
	SelectionKey register(Selector selector, int operations, @Nullable Object attachment) throws ClosedChannelException;

	/**
	 * Return what stands at the address now.
	 * @return the state, {@link AddressState#OURS} for an abstract name that is bound
	 */
	AddressState addressState();

	/**
	 * Return whether the file of others at the address is a leftover that is replaced
	 * when the address is bound again, by the same rule as at the first time. Finding out
	 * may need a connection to it.
	 * @return {@code false} unless that is certain; by default always
	 */
	default boolean isReplaceable() {
		return false;
	}

	/**
	 * Bind the address again when its file is gone or {@linkplain #isReplaceable()
	 * replaceable}, without leaving it to other servers meanwhile. This socket goes on
	 * listening for those in its backlog until it is closed, which does not release the
	 * address any more.
	 * @param options mode, group and backlog; nothing is waited for
	 * @return the socket that clients connect to now
	 * @throws BindFailedException if the address cannot be bound safely; this socket has
	 * it still then
	 */
	default UdsServerSocket rebind(BindOptions options) throws BindFailedException {
		throw new BindFailedException(BindFailedException.Reason.OTHER, address(),
				"The address '" + address() + "' has no file that could be lost", "Restart the listener.", null);
	}

	/**
	 * Remove the socket file, provided that it is still the one this socket made, so that
	 * no further client can connect; those that wait in the backlog can still be
	 * accepted. Has no effect on an abstract name.
	 */
	void withdraw();

	/**
	 * Withdraw, stop listening and release the address. May be called more than once.
	 */
	@Override
	void close();

	/** What stands at a bound address. */
	enum AddressState {

		/** The file that this socket made. */
		OURS,

		/** Nothing: somebody removed the file. */
		GONE,

		/** A file that this socket did not make. */
		FOREIGN

	}

}
