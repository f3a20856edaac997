package io.github.udsboot.connection;

/**
 * One stream that has a connection of its own: while it lasts, and until its end is
 * written, its receiver may read as slowly as the clock of such streams allows.
 * Thread-safe.
 */
public final class StreamStall {

	private final Owner owner;

	/** The bytes queued before the last frame of the stream; written before the mark. */
	private long lastPosition = Long.MAX_VALUE;

	private volatile boolean ended;

	StreamStall(Owner owner) {
		this.owner = owner;
	}

	/**
	 * Note that the frame that is queued next is the last of the stream: what others
	 * queue behind it is none of the stream's. By the thread that ends the stream.
	 */
	public void queuesLast() {
		this.lastPosition = this.owner.position();
	}

	/**
	 * End the stream; what it sent last was left to be written.
	 */
	public void end() {
		// first the mark, then the check: a flushing thread uses the reverse order
		this.ended = true;
		this.owner.checkStream(this);
	}

	boolean isEnded() {
		return this.ended;
	}

	/** Return the bytes queued before the last frame, if the stream has ended. */
	long lastPosition() {
		return this.lastPosition;
	}

	/** What the stream is written through. */
	interface Owner {

		/** Return how many bytes were queued so far. */
		long position();

		/**
		 * End the dedication to a stream that has ended, unless its last frame still
		 * waits to be written. By any thread.
		 * @param stream the stream
		 */
		void checkStream(StreamStall stream);

	}

}
