package io.github.udsboot.listener.admission;

import java.util.concurrent.atomic.AtomicInteger;

import io.github.udsboot.connection.ThreadShare;

/**
 * What all connections of a user other than this process's may take together.
 * Thread-safe, except for what {@link PeerShares} guards.
 */
public final class UserShare {

	private final int maxInFlight;

	private final ThreadShare threads;

	private final ThreadShare applicationThreads;

	/**
	 * Requests that were accepted and have not ended, even if their connections are
	 * closed.
	 */
	private final AtomicInteger inFlight = new AtomicInteger();

	/** Guarded by {@link PeerShares}. */
	private int connections;

	UserShare(int maxInFlight, int maxThreads) {
		this.maxInFlight = maxInFlight;
		this.threads = ThreadShare.ofUser(maxThreads);
		this.applicationThreads = ThreadShare.ofUser(maxThreads);
	}

	ThreadShare threads() {
		return this.threads;
	}

	ThreadShare applicationThreads() {
		return this.applicationThreads;
	}

	/** Count in a request, unless it is one too many. */
	public boolean tryBegin() {
		if (this.inFlight.incrementAndGet() <= this.maxInFlight) {
			return true;
		}
		this.inFlight.decrementAndGet();
		return false;
	}

	public void end() {
		this.inFlight.decrementAndGet();
	}

	/** Count a connection in or out. */
	void connect(boolean begins) {
		this.connections += begins ? 1 : -1;
	}

	/** Return whether nothing of the user is left. */
	boolean isIdle() {
		return this.connections == 0 && this.inFlight.get() == 0 && this.threads.isIdle()
				&& this.applicationThreads.isIdle();
	}

}
