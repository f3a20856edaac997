package io.github.udsboot.listener.session;

import io.github.udsboot.connection.LoopConnection;

/**
 * How many messages of a session came too late in a drain, and are refused after the
 * answers owed. While there are many, the connection is read no further. Thread-safe.
 */
final class LateMessages {

	/** The number of late messages at which reading from the peer stops. */
	private static final int MAX = 256;

	private final LoopConnection connection;

	/** Written while holding the monitor. */
	private volatile int count;

	LateMessages(LoopConnection connection) {
		this.connection = connection;
	}

	boolean isEmpty() {
		return this.count == 0;
	}

	synchronized void add() {
		this.count++;
		if (this.count == MAX) {
			this.connection.hold();
		}
	}

	/** Return how many there are, for the calling thread to refuse. */
	synchronized int take() {
		int taken = this.count;
		this.count = 0;
		if (taken >= MAX) {
			this.connection.release();
		}
		return taken;
	}

}
