package io.github.udsboot.transport.jdk;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.transport.ConnectionResetException;
import io.github.udsboot.transport.UdsSocket;
import io.github.udsboot.transport.peer.PeerLookup;

/**
 * A connected, non-blocking channel of the JDK. In this mode an interrupt does not close
 * it, and nothing that another thread does blocks a call.
 */
final class JdkSocket implements UdsSocket {

	private static final Log logger = GuardedLog.of(JdkSocket.class);

	private final SocketChannel channel;

	JdkSocket(SocketChannel channel) {
		this.channel = channel;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		try {
			// The kernel delivers what has arrived before it reports a reset
			return this.channel.read(target);
		}
		catch (SocketException ex) {
			// The channel throws this for ECONNRESET, and reading throws it for nothing
			// else
			throw new ConnectionResetException(ex);
		}
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		return this.channel.write(source);
	}

	@Override
	public void shutdownOutput() throws IOException {
		this.channel.shutdownOutput();
	}

	@Override
	public PeerCredentials peerCredentials() throws IOException {
		try {
			UnixDomainPrincipal peer = this.channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
			return new PeerCredentials(peer.user(), peer.group(), null, null, null,
					PeerLookup.shared().ofUser(peer.user()));
		}
		catch (UnsupportedOperationException ex) {
			throw new IOException("This system does not tell who the peer is", ex);
		}
	}

	/**
	 * A selector makes a channel whose peer has hung up ready for everything that it is
	 * registered for, and a connected channel is ready to connect for no other reason. A
	 * peer that has only ended its output has not hung up.
	 */
	@Override
	public boolean hasPeerGone() throws IOException {
		try (Selector selector = Selector.open()) {
			SelectionKey key = this.channel.register(selector, SelectionKey.OP_CONNECT);
			selector.selectNow();
			return key.isConnectable();
		}
	}

	@Override
	public SelectionKey register(Selector selector, int operations, @Nullable Object attachment)
			throws ClosedChannelException {
		return this.channel.register(selector, operations, attachment);
	}

	@Override
	public boolean isOpen() {
		return this.channel.isOpen();
	}

	@Override
	public void close() {
		close(this.channel);
	}

	/**
	 * Close a channel. The descriptor is certainly closed even if closing reports a
	 * failure.
	 * @param channel the channel
	 */
	static void close(SelectableChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("Closing " + channel + " reported a failure", ex);
		}
	}

	@Override
	public String toString() {
		return this.channel.toString();
	}

}
