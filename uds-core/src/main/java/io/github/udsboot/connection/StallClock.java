package io.github.udsboot.connection;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.jspecify.annotations.Nullable;

/**
 * Which clock runs while the peer of a connection reads nothing: that of calls, or that
 * of the one stream to which the connection is dedicated. For any thread, unless said
 * otherwise.
 */
final class StallClock implements StreamStall.Owner {

	private static final AtomicReferenceFieldUpdater<StallClock, @Nullable StreamStall> STREAM = AtomicReferenceFieldUpdater
		.newUpdater(StallClock.class, StreamStall.class, "stream");

	private final Outbox outbox;

	/**
	 * The stream that the connection is dedicated to, {@code null} if it is for calls.
	 */
	private volatile @Nullable StreamStall stream;

	StallClock(Outbox outbox) {
		this.outbox = outbox;
	}

	/** Dedicate the connection to one stream. On the loop's owner. */
	StreamStall beginStream() {
		StreamStall begun = new StreamStall(this);
		this.stream = begun;
		return begun;
	}

	/**
	 * End the dedication, as the connection is used for more than one stream. On the
	 * loop's owner.
	 */
	void endOwnStream() {
		if (this.stream != null) {
			this.stream = null;
		}
	}

	/** Check the stream, if there is one, after something was written. */
	void written() {
		StreamStall stream = this.stream;
		if (stream != null) {
			checkStream(stream);
		}
	}

	@Override
	public long position() {
		return this.outbox.offeredBytes();
	}

	/**
	 * A peer that has others queue more before the mark, and reads none of that, must not
	 * keep the clock of a stream that it has read.
	 */
	@Override
	public void checkStream(StreamStall stream) {
		if (stream.isEnded()
				&& (this.outbox.queuedBytes() == 0 || this.outbox.writtenBytes() > stream.lastPosition())) {
			// another stream may have begun
			STREAM.compareAndSet(this, stream, null);
		}
	}

	/** Return how long the peer may read nothing while something waits for it. */
	Duration timeout(ConnectionClocks clocks) {
		return (this.stream != null) ? clocks.streamStall() : clocks.stall();
	}

}
