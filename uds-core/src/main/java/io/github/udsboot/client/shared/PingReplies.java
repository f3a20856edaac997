package io.github.udsboot.client.shared;

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.protocol.PingFrame;

/**
 * The answers to a server's PINGs, one at a time: a server that sends PINGs and does not
 * read costs no more than one.
 */
final class PingReplies {

	/** The server's latest PING, until it is answered. */
	private final AtomicReference<@Nullable PingFrame> ping = new AtomicReference<>();

	/** Position at which the last answer was queued; belongs to the I/O thread. */
	private long lastPosition = -1;

	/**
	 * Take a PING, by the reading thread.
	 * @return whether the I/O thread has to be asked for an answer
	 */
	boolean received(PingFrame ping) {
		return this.ping.getAndSet(ping) == null;
	}

	boolean isAsked() {
		return this.ping.get() != null;
	}

	/** Return whether the last answer still waits to be written. On the I/O thread. */
	boolean isLastUnsent(RequestWriter writer) {
		return this.lastPosition >= 0 && writer.isUnsent(this.lastPosition);
	}

	/** Return the answer to be queued now, if any. On the I/O thread. */
	@Nullable PingFrame next() {
		PingFrame ping = this.ping.getAndSet(null);
		return (ping != null) ? new PingFrame(ping.streamId(), ping.data(), true) : null;
	}

	/** Note where the answer was queued. On the I/O thread. */
	void queuedAt(long position) {
		this.lastPosition = position;
	}

}
