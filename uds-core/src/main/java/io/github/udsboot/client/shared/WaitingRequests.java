package io.github.udsboot.client.shared;

import java.util.concurrent.atomic.AtomicLong;

import io.github.udsboot.UdsLimitExceededException;

/**
 * The memory of the requests that wait to be sent and that no thread waits for: for their
 * turn, for room in a connection, or for the server. Without a bound a server that stands
 * still would cost its clients all they have. Thread-safe.
 */
public final class WaitingRequests {

	/** What a request takes beside its payload, about. */
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
	 * Count a request in.
	 * @param size how much memory it takes
	 * @param route its route
	 * @param path the address of the socket
	 * @throws UdsLimitExceededException if there is no room for it
	 */
	public void add(long size, String route, String path) {
		long bytes = this.bytes.addAndGet(size);
		// one alone always finds room
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
