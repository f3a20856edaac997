package io.github.udsboot.connection;

import io.github.udsboot.memory.MemoryAccount;

/**
 * How much may wait to be written to a peer. One that does not read gets no more of
 * nearly exhausted memory. Immutable.
 */
final class OutputLimit {

	/** How much may wait while little memory is left for peers. */
	private static final long TIGHT_QUEUE = 64 << 10;

	private final MemoryAccount account;

	private final long capacity;

	private final long leastLimit;

	OutputLimit(MemoryAccount account, long capacity) {
		this.account = account;
		this.capacity = capacity;
		this.leastLimit = Math.min(capacity, TIGHT_QUEUE);
	}

	/** Return whether more waits than may. */
	boolean isExceeded(long held) {
		return held > this.leastLimit && held > now();
	}

	/** Return whether no more than half of what may wait does. */
	boolean isHalved(long held) {
		return held <= this.leastLimit / 2 || held <= now() / 2;
	}

	private long now() {
		return this.account.isTight() ? this.leastLimit : this.capacity;
	}

}
