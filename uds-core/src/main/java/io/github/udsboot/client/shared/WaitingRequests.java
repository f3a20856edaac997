package io.github.udsboot.client.shared;

import java.util.concurrent.atomic.AtomicLong;

import io.github.udsboot.UdsLimitExceededException;

/**
 * The memory of the requests that no thread waits for and that wait to be sent: for their
 * turn, for room in a connection, or for the server. Without a bound, a server that
 * stands still would cost its clients all their memory. Thread-safe.
 */
public final class WaitingRequests {

	/** Approximate memory of a request besides its payload. */
	private static final int OVERHEAD = 512;

	private final long limit;

	private final AtomicLong bytes = new AtomicLong();

	WaitingRequests(long limit) {
		this.limit = limit;
	}

	public static long sizeOf(byte[] payload) {
		return payload.length + (long) OVERHEAD;
	}

	/**
	 * Count a request.
	 * @param size the memory that it takes
	 * @param route its route
	 * @param path the address of the socket
	 * @throws UdsLimitExceededException if there is no room for it
	 */
	public void add(long size, String route, String path) {
		long bytes = this.bytes.addAndGet(size);
		// a single request always finds room
		if (bytes > this.limit && bytes > size) {
			this.bytes.addAndGet(-size);
			throw new UdsLimitExceededException("Requests of " + (bytes - size)
					+ " bytes wait to be sent and with this one there would be more than " + this.limit
					+ ", which is the limit ('memory'); the call was not sent. The server takes requests "
					+ "too slowly, or not at all: make fewer calls at once that no thread waits for, or raise the limit",
					route, path, null);
		}
	}

	public void remove(long size) {
		this.bytes.addAndGet(-size);
	}

	public long bytes() {
		return this.bytes.get();
	}

}
