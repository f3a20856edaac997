package io.github.udsboot.client.shared;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * The direct buffers that the connections of one client read into. A buffer that was
 * given back serves the next connection: only the garbage collector frees direct memory,
 * possibly long after a reconnect. Thread-safe.
 */
public final class ReadBuffers {

	static final int BUFFER_SIZE = 64 << 10;

	private final IntFunction<ByteBuffer> allocator;

	private final int maxKept;

	private final ConcurrentLinkedQueue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();

	private final AtomicInteger kept = new AtomicInteger();

	/**
	 * Create a pool.
	 * @param maxConnections the number of connections that the client may have
	 * @param allocator makes a buffer of the given size
	 */
	public ReadBuffers(int maxConnections, IntFunction<ByteBuffer> allocator) {
		this.maxKept = maxConnections;
		this.allocator = allocator;
	}

	ByteBuffer take() {
		ByteBuffer buffer = this.buffers.poll();
		if (buffer == null) {
			return this.allocator.apply(BUFFER_SIZE);
		}
		this.kept.decrementAndGet();
		return buffer.clear();
	}

	/** Give a buffer back, once, when nothing writes into it any more. */
	void giveBack(ByteBuffer buffer) {
		if (this.kept.incrementAndGet() > this.maxKept) {
			this.kept.decrementAndGet();
			return;
		}
		this.buffers.add(buffer);
	}

	/** For tests. */
	int kept() {
		return this.kept.get();
	}

}
