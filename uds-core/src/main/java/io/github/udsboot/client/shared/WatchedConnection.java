package io.github.udsboot.client.shared;

import java.nio.channels.SelectionKey;

import org.jspecify.annotations.Nullable;

/**
 * A connection as the client's I/O thread sees it from tick to tick: whether its frames
 * end, its requests are taken and its end is noticed. Belongs to that thread.
 */
final class WatchedConnection {

	private final SharedConnection connection;

	private final long frameTimeout;

	private final long stallTimeout;

	private @Nullable SelectionKey key;

	private @Nullable Throwable writeFailure;

	private long closeAt;

	private long reads = -1;

	/** The frame that was under way at the last check, and for how long. */
	private long frame;

	private long frameNanos;

	/** How much was written by then, and for how long nothing more. */
	private long written;

	private long stallNanos;

	/**
	 * Begin to watch a connection.
	 * @param frameTimeout the nanoseconds that a frame may take
	 * @param stallTimeout the nanoseconds for which requests may wait to be written
	 */
	WatchedConnection(SharedConnection connection, long frameTimeout, long stallTimeout) {
		this.connection = connection;
		this.frameTimeout = frameTimeout;
		this.stallTimeout = stallTimeout;
	}

	SharedConnection connection() {
		return this.connection;
	}

	void registered(SelectionKey key) {
		this.key = key;
	}

	void cancelKey() {
		if (this.key != null) {
			this.key.cancel();
		}
	}

	/**
	 * Note that the connection cannot be written to, and is closed once it has been read
	 * to its end.
	 * @param closeAt when to close it in any case
	 */
	void writingFailed(Throwable cause, long closeAt) {
		this.writeFailure = cause;
		this.closeAt = closeAt;
	}

	/**
	 * Check deadlines, and whether the connection has ended unnoticed.
	 * @return whether there is something to check in the next tick
	 */
	boolean look(long now) {
		this.connection.expire(now);
		if (this.writeFailure != null) {
			if (!this.connection.closeAfterReading(this.writeFailure) && now - this.closeAt >= 0) {
				this.connection.closeUnwritable(this.writeFailure);
			}
			return true;
		}
		if (this.key != null && !this.key.isValid()) {
			this.connection.role().readUnlessLed(Integer.MAX_VALUE);
			return true;
		}
		return false;
	}

	/** Return whether no thread has read since the last tick, or is about to. */
	boolean isUnread() {
		long reads = this.connection.reads();
		boolean unread = reads == this.reads && !this.connection.role().isLed();
		this.reads = reads;
		return unread;
	}

	/**
	 * Check whether anything moves. Time counts only while the I/O thread is awake: a
	 * process that was stopped had no chance to read what is there.
	 * @param passed the nanoseconds since the last tick
	 * @return whether a clock runs
	 */
	boolean checkClocks(long passed) {
		long frame = this.connection.unfinishedFrame();
		this.frameNanos = (frame != 0 && frame == this.frame) ? this.frameNanos + passed : 0;
		this.frame = frame;
		boolean blocked = this.connection.isBlocked();
		long written = this.connection.writtenBytes();
		this.stallNanos = (blocked && written == this.written) ? this.stallNanos + passed : 0;
		this.written = written;
		if (this.frameNanos > this.frameTimeout) {
			this.connection.answerNeverEnds();
		}
		else if (this.stallNanos > this.stallTimeout) {
			this.stallNanos = 0;
			this.connection
				.replace("The server has read nothing for as long as 'stall-timeout' although requests wait for it");
		}
		return this.connection.answerPing() || frame != 0 || blocked;
	}

}
