package io.github.udsboot.connection;

import java.util.concurrent.TimeUnit;

import io.github.udsboot.memory.MemoryAccount;

/**
 * Whether the first valid frame of a connection has arrived, which is the proof that its
 * peer is a serious one, and how long it may still take. Belongs to the loop's owner.
 */
final class FirstFrame {

	/** How long a peer that has just connected may take to send its first frame. */
	private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final MemoryAccount account;

	private final long acceptedAt = System.nanoTime();

	private boolean arrived;

	FirstFrame(MemoryAccount account) {
		this.account = account;
	}

	/**
	 * Note that it has arrived.
	 * @return whether this was the first call
	 */
	boolean arrive() {
		boolean first = !this.arrived;
		this.arrived = true;
		if (first) {
			this.account.prove();
		}
		return first;
	}

	boolean hasArrived() {
		return this.arrived;
	}

	/** Return whether a clock runs until it arrives. */
	boolean isTimed(ConnectionClocks clocks) {
		return !this.arrived && ConnectionClocks.isOn(clocks.firstFrame());
	}

	/** Return whether it has not arrived in time. */
	boolean isLate(ConnectionClocks clocks, long now) {
		return !this.arrived && ConnectionClocks.expired(clocks.firstFrame(), this.acceptedAt, now);
	}

	/**
	 * Return how much longer the first frame may be on its way from a peer that has just
	 * connected.
	 * @return the time in nanoseconds, not positive if it is over
	 */
	long graceNanos() {
		return this.acceptedAt + GRACE_NANOS - System.nanoTime();
	}

}
