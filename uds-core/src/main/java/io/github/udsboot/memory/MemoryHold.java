package io.github.udsboot.memory;

import java.util.function.LongSupplier;

/**
 * One of the things that a connection holds in memory; it knows its own size. The first
 * bytes are free, as the connection itself accounts for them; more is reserved in steps,
 * so that frequent changes cost only a comparison. Thread-safe.
 */
public final class MemoryHold {

	private static final long STEP = 16 << 10;

	private final MemoryAccount account;

	private final long free;

	private final LongSupplier size;

	/** Read by any thread, written while holding the monitor. */
	private volatile long covered;

	private boolean closed;

	/**
	 * Create a hold.
	 * @param account where to reserve
	 * @param free how many bytes need not be reserved
	 * @param size returns how many bytes are held now; called by any thread
	 */
	public MemoryHold(MemoryAccount account, long free, LongSupplier size) {
		this.account = account;
		this.free = free;
		this.size = size;
		this.covered = free;
	}

	/**
	 * Reserve as much as is held now, if there is room.
	 * @param size how many bytes that is
	 * @return {@code false} if there is no room for it
	 */
	public boolean tryCover(long size) {
		if (size <= this.covered) {
			return true;
		}
		synchronized (this) {
			long missing = missing(size);
			if (missing > 0) {
				if (!this.account.tryReserve(missing)) {
					return false;
				}
				this.covered += missing;
			}
			return true;
		}
	}

	/**
	 * Reserve as much as is held now, in any case.
	 * @param size how many bytes that is
	 */
	public void cover(long size) {
		if (size <= this.covered) {
			return;
		}
		long missing;
		synchronized (this) {
			missing = missing(size);
			this.covered += missing;
		}
		// without the monitor, as other accounts may be evicted
		this.account.reserve(missing);
	}

	/**
	 * Reserve that much, now or later.
	 * @param size the number of bytes
	 * @param covered run once it is reserved after a wait
	 * @return {@code false} if there is no room yet
	 */
	public boolean coverOrAwait(long size, Runnable covered) {
		if (size <= this.covered) {
			return true;
		}
		synchronized (this) {
			long missing = missing(size);
			if (missing <= 0 || this.account.reserveOrAwait(missing, () -> granted(missing, covered))) {
				this.covered += missing;
				return true;
			}
			return false;
		}
	}

	private void granted(long bytes, Runnable covered) {
		boolean late;
		synchronized (this) {
			late = this.closed;
			if (!late) {
				this.covered += bytes;
			}
		}
		if (late) {
			this.account.release(bytes);
		}
		covered.run();
	}

	private long missing(long size) {
		return (this.closed || size <= this.covered) ? 0 : (size - this.covered + STEP - 1) / STEP * STEP;
	}

	/**
	 * Give back memory that is no longer needed.
	 */
	public void settle() {
		if (this.covered == this.free) {
			return;
		}
		long spare;
		synchronized (this) {
			spare = this.covered - this.free - missingFrom(this.size.getAsLong());
			if (this.closed || spare <= 0) {
				return;
			}
			this.covered -= spare;
		}
		this.account.release(spare);
		// first the new bound, then the size: a thread that adds does it the other way
		// round
		cover(this.size.getAsLong());
	}

	private long missingFrom(long size) {
		return (size <= this.free) ? 0 : (size - this.free + STEP - 1) / STEP * STEP;
	}

	/**
	 * Give all memory back, and reserve no more.
	 */
	public void close() {
		long all;
		synchronized (this) {
			if (this.closed) {
				return;
			}
			this.closed = true;
			all = this.covered - this.free;
			this.covered = Long.MAX_VALUE;
		}
		this.account.release(all);
	}

}
