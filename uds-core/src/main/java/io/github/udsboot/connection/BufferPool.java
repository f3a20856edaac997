package io.github.udsboot.connection;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Direct buffers to write through, kept for the next flush so that an idle connection
 * holds none. Thread-safe.
 */
final class BufferPool {

	/**
	 * Fits into a socket buffer three times, and into the second-level cache many times.
	 */
	static final int BUFFER_SIZE = 64 << 10;

	private static final int MAX_KEPT = 64;

	private static final BufferPool SHARED = new BufferPool();

	private final ConcurrentLinkedQueue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();

	private final AtomicInteger kept = new AtomicInteger();

	static BufferPool shared() {
		return SHARED;
	}

	ByteBuffer take() {
		ByteBuffer buffer = this.buffers.poll();
		if (buffer == null) {
			return ByteBuffer.allocateDirect(BUFFER_SIZE);
		}
		this.kept.decrementAndGet();
		return buffer.clear();
	}

	void giveBack(ByteBuffer buffer) {
		if (this.kept.incrementAndGet() > MAX_KEPT) {
			this.kept.decrementAndGet();
			return;
		}
		this.buffers.offer(buffer);
	}

	int kept() {
		return this.kept.get();
	}

}
