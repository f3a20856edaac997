package io.github.udsboot.connection;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * A short wait of an event loop for the connection that was busy last, before it sleeps.
 * Belongs to the loop's owner.
 */
final class LoopPolling {

	/** How often the owner yields in a crowd before it sleeps. */
	private static final int YIELDS = 2;

	/** After how many hits of polling one connection the others are checked. */
	private static final int HITS_BETWEEN_SELECTS = 32;

	private final LoopSelector selector;

	private final YieldPolicy yieldPolicy;

	/** The connection that is worth polling. */
	private @Nullable LoopChannel hot;

	private int hits;

	LoopPolling(LoopSelector selector, YieldPolicy yieldPolicy) {
		this.selector = selector;
		this.yieldPolicy = yieldPolicy;
	}

	/** Note that a connection is busy. */
	void busy(LoopChannel connection) {
		this.hot = connection;
	}

	/**
	 * Wait briefly for the connection that was busy last, without sleeping.
	 * @return whether there is something to do
	 */
	@SuppressWarnings("ThreadPriorityCheck") // the yield keeps one processor usable by
												// the peer
	boolean poll() throws IOException {
		LoopChannel connection = this.hot;
		if (connection == null || connection.isClosed()) {
			this.hot = null;
			return false;
		}
		if (BusyPoll.isCrowd(connection.underWay())) {
			return linger(connection);
		}
		long budget = connection.busyPoll().budgetNanos(connection.underWay());
		if (budget == 0) {
			return false;
		}
		long deadline = System.nanoTime() + budget;
		do {
			if (connection.receive()) {
				connection.busyPoll().hit();
				if (++this.hits % HITS_BETWEEN_SELECTS == 0) {
					this.selector.selectNow();
				}
				return true;
			}
			if (this.selector.hasTasks()) {
				return true;
			}
			Thread.yield();
		}
		while (System.nanoTime() - deadline < 0);
		connection.busyPoll().miss();
		return false;
	}

	/** In a crowd, let the threads that are about to send run first. */
	private boolean linger(LoopChannel connection) {
		for (int i = 0; i < YIELDS && this.yieldPolicy.tryYield(); i++) {
			if (connection.receive() || this.selector.hasTasks()) {
				return true;
			}
		}
		return false;
	}

}
