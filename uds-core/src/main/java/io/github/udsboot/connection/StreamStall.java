package io.github.udsboot.connection;

/**
 * One stream that has a connection of its own: while it lasts, and until its end is
 * written, its receiver may read as slowly as the clock of such streams allows.
 * Thread-safe.
 */
public final class StreamStall {

	private final Owner owner;

	private volatile boolean ended;

	StreamStall(Owner owner) {
		this.owner = owner;
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

	/** What the stream is written through. */
	interface Owner {

		/**
		 * End the dedication to a stream that has ended, unless its last bytes still wait
		 * to be written. By any thread.
		 * @param stream the stream
		 */
		void checkStream(StreamStall stream);

	}

}
