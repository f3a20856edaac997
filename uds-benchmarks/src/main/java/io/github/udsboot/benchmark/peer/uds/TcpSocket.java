package io.github.udsboot.benchmark.peer.uds;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.transport.UdsSocket;

/**
 * A connected TCP socket. Its peer's credentials are those of the file's owner, which in
 * a benchmark is right.
 */
final class TcpSocket implements UdsSocket {

	private static final Log logger = LogFactory.getLog(TcpSocket.class);

	private final SocketChannel channel;

	private final Path file;

	TcpSocket(SocketChannel channel, Path file) {
		this.channel = channel;
		this.file = file;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		return this.channel.read(target);
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
		PosixFileAttributes attributes = Files.readAttributes(this.file, PosixFileAttributes.class);
		return new PeerCredentials(attributes.owner(), attributes.group(), null, null, null);
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

	static void close(SelectableChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("Closing " + channel + " reported a failure", ex);
		}
	}

}
