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
 * A connected, non-blocking stream socket. One thread may read while another writes; two
 * concurrent readers or writers are an error of the caller. May be used from any kind of
 * thread: a transport that cannot work on virtual threads moves the call elsewhere
 * itself. An interrupt closes nothing and loses nothing; the flag is kept.
 */
public interface UdsSocket extends Closeable {

	/**
	 * Read the bytes that are available.
	 * @param target the buffer to read into, direct for speed
	 * @return the number of bytes, 0 if none are available now, -1 at the end of the
	 * input
	 * @throws ConnectionResetException if the peer has closed without having read
	 * everything; what it had written has been read before
	 * @throws IOException if the socket failed or is closed
	 */
	int read(ByteBuffer target) throws IOException;

	/**
	 * Write as many bytes as the kernel accepts now.
	 * @param source the bytes to write, direct for speed
	 * @return the number of bytes written, 0 if the kernel accepts none now
	 * @throws IOException if the peer is gone or the socket is closed; what the peer sent
	 * before can still be read
	 */
	int write(ByteBuffer source) throws IOException;

	/**
	 * End the output; the peer reads up to its end and can still write.
	 * @throws IOException if the socket failed or is closed
	 */
	void shutdownOutput() throws IOException;

	/**
	 * Return the credentials of the peer.
	 * @return the credentials, as of the time of the connect
	 * @throws IOException if they cannot be read
	 */
	PeerCredentials peerCredentials() throws IOException;

	/**
	 * Return whether the peer has closed the connection, rather than only ended its
	 * output: nothing that is written now will be read. Changes nothing, and does not
	 * wait. For the owner of the selector with which the socket is registered.
	 * @return {@code false} also if this system does not tell, or not yet
	 * @throws IOException if it cannot be determined now
	 */
	default boolean hasPeerGone() throws IOException {
		return false;
	}

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
	 * Return whether the socket is open on this side.
	 * @return {@code false} after {@link #close()}
	 */
	boolean isOpen();

	/**
	 * Close the socket. May be called by any thread, at any time, more than once; readers
	 * and writers then fail. The peer sees the end at once, but while the socket is
	 * registered the descriptor may remain open until the selector's next selection.
	 */
	@Override
	void close();

}
