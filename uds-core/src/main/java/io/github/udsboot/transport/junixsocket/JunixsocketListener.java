package io.github.udsboot.transport.junixsocket;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectionKey;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFSocket;
import org.newsclub.net.unix.AFUNIXServerSocketChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.AFUNIXSocketChannel;
import org.newsclub.net.unix.FileDescriptorCast;

import io.github.udsboot.transport.UdsAddress;

/**
 * A listening, non-blocking descriptor of junixsocket. On platform threads only.
 */
final class JunixsocketListener implements Closeable {

	private final Lock accepting = new ReentrantLock();

	// Owns the descriptor: when this object is closed or collected, so is the descriptor
	private final AFUNIXServerSocketChannel bound;

	private final AFUNIXServerSocketChannel channel;

	private JunixsocketListener(AFUNIXServerSocketChannel bound, AFUNIXServerSocketChannel channel) {
		this.bound = bound;
		this.channel = channel;
	}

	/**
	 * Bind to a path in a private directory.
	 * @param path the path
	 * @param backlog how many connections may wait
	 * @return the listener
	 * @throws IOException if that fails
	 */
	static JunixsocketListener bind(Path path, int backlog) throws IOException {
		return bind(AFUNIXSocketAddress.of(UdsAddress.bytes(path)), backlog);
	}

	/**
	 * Bind to an abstract name.
	 * @param name the name
	 * @param backlog how many connections may wait
	 * @return the listener
	 * @throws IOException if that fails
	 */
	static JunixsocketListener bind(UdsAddress name, int backlog) throws IOException {
		return bind(AFUNIXSocketAddress.of(name.toBytes()), backlog);
	}

	private static JunixsocketListener bind(AFUNIXSocketAddress address, int backlog) throws IOException {
		AFUNIXServerSocketChannel bound = AFUNIXServerSocketChannel.open();
		boolean listening = false;
		try {
			// By default bind() takes over the socket of a live server, and close()
			// removes whatever file is at the path
			bound.socket().setReuseAddress(false);
			bound.setDeleteOnClose(false);
			// Before bind(), which then connects to see whether a server is there: a
			// blocking connect would wait for a server whose backlog is full
			bound.configureBlocking(false);
			bound.bind(address, backlog);
			// The channel that has bound a path closes itself at the next accept if the
			// file has been renamed. A channel that has adopted the descriptor does not
			// check.
			AFUNIXServerSocketChannel adopted = FileDescriptorCast.using(bound.getFileDescriptor())
				.as(AFUNIXServerSocketChannel.class);
			adopted.setDeleteOnClose(false);
			adopted.configureBlocking(false);
			listening = true;
			return new JunixsocketListener(bound, adopted);
		}
		finally {
			if (!listening) {
				bound.close();
			}
		}
	}

	/**
	 * Accept a connection.
	 * @return the connection, or nothing if none is waiting
	 * @throws IOException if accepting failed
	 */
	Optional<JunixsocketSocket> accept() throws IOException {
		AFUNIXSocketChannel accepted;
		this.accepting.lock();
		try {
			if (!this.channel.isOpen()) {
				throw new ClosedChannelException();
			}
			// Not channel.accept(): an interrupt would close the channel
			AFSocket<?> socket = this.channel.socket().accept();
			accepted = (socket != null) ? (AFUNIXSocketChannel) socket.getChannel() : null;
		}
		catch (IllegalBlockingModeException ex) {
			// This is how accept() reports that none is waiting
			return Optional.empty();
		}
		finally {
			this.accepting.unlock();
		}
		if (accepted == null) {
			return Optional.empty();
		}
		boolean ready = false;
		try {
			JunixsocketSocket socket = new JunixsocketSocket(accepted);
			ready = true;
			return Optional.of(socket);
		}
		finally {
			if (!ready) {
				accepted.close();
			}
		}
	}

	SelectionKey register(JunixsocketSelector selector, int operations, @Nullable Object attachment)
			throws ClosedChannelException {
		return selector.register(this.channel, operations, attachment);
	}

	@Override
	public void close() throws IOException {
		this.accepting.lock();
		try (this.bound) {
			this.channel.close();
		}
		finally {
			this.accepting.unlock();
		}
	}

}
