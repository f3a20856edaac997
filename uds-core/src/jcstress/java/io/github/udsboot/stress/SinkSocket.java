package io.github.udsboot.stress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.udsboot.testsupport.StubSocket;

/**
 * A socket that takes everything and counts it, until it is closed.
 */
public final class SinkSocket extends StubSocket {

	private final AtomicInteger received = new AtomicInteger();

	private volatile boolean closed;

	public int received() {
		return this.received.get();
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
	public boolean isOpen() {
		return !this.closed;
	}

	@Override
	public void close() {
		this.closed = true;
	}

}
