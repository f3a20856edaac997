package io.github.udsboot.stress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.transport.UdsSocket;

/**
 * A socket that takes everything and counts it, until it is closed.
 */
public final class SinkSocket implements UdsSocket {

	private final AtomicInteger received = new AtomicInteger();

	private volatile boolean closed;

	public int received() {
		return this.received.get();
	}

	@Override
	public int read(ByteBuffer target) {
		return 0;
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		if (this.closed) {
			throw new ClosedChannelException();
		}
		int count = source.remaining();
		source.position(source.limit());
		this.received.addAndGet(count);
		return count;
	}

	@Override
	public void shutdownOutput() {
		throw new UnsupportedOperationException();
	}

	@Override
	public PeerCredentials peerCredentials() {
		throw new UnsupportedOperationException();
	}

	@Override
	public SelectionKey register(Selector selector, int operations, Object attachment) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean isOpen() {
		return !this.closed;
	}

	@Override
	public void close() {
		this.closed = true;
	}

}
