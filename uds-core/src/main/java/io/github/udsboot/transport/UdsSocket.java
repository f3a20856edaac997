package io.github.udsboot.transport;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;

/**
 * One connected, non-blocking stream socket. One thread may read while another writes;
 * two readers or two writers at once are the caller's mistake. May be used from any kind
 * of thread: a transport that cannot work on virtual threads moves the call elsewhere
 * itself. An interrupt closes nothing and loses nothing; the flag is kept.
 */
public interface UdsSocket extends Closeable {

	/**
	 * Read what is there.
	 * @param target the buffer to read into, direct for speed
	 * @return the number of bytes, 0 when none are there now, -1 at the end of the input
	 * @throws ConnectionResetException if the peer has closed without having read all;
	 * what it had written was read before
	 * @throws IOException if the socket failed or is closed
	 */
	int read(ByteBuffer target) throws IOException;

	/**
	 * Write as much as the kernel takes now.
	 * @param source the bytes to write, direct for speed
	 * @return the number of bytes written, 0 when the kernel takes none now
	 * @throws IOException if the peer is gone or the socket is closed; what the peer has
	 * sent before can still be read
	 */
	int write(ByteBuffer source) throws IOException;

	/**
	 * End the output; the peer reads to its end and can still write.
	 * @throws IOException if the socket failed or is closed
	 */
	void shutdownOutput() throws IOException;

	/**
	 * Return who is at the other end.
	 * @return the credentials, as of the time of the connect
	 * @throws IOException if they cannot be read
	 */
	PeerCredentials peerCredentials() throws IOException;

	/**
	 * Return whether the peer has closed the connection, and not only ended its output:
	 * nothing that is written now will be read. Changes nothing, and does not wait. For
	 * the owner of the selector that the socket is registered with.
	 * @return {@code false} as well if this system does not tell, or not yet
	 * @throws IOException if that cannot be found out now
	 */
	default boolean hasPeerGone() throws IOException {
		return false;
	}

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
	 * Return whether the socket is open on this side.
	 * @return {@code false} after {@link #close()}
	 */
	boolean isOpen();

	/**
	 * Close the socket. May be called by any thread, at any time, more than once; readers
	 * and writers fail then. The peer sees the end at once, but while the socket is
	 * registered the descriptor may live until the selector's next selection.
	 */
	@Override
	void close();

}
