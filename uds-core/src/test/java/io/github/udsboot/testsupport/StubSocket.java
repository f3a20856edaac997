package io.github.udsboot.testsupport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.transport.UdsSocket;

/**
 * A socket without a kernel, from which nothing can be read. A test says what becomes of
 * the bytes that are written.
 */
public abstract class StubSocket implements UdsSocket {

	@Override
	public int read(ByteBuffer target) throws IOException {
		return 0;
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

}
