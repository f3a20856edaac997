package io.github.udsboot.connection;

/**
 * One stream that has a connection of its own: while it lasts, and until its end is
 * written, its receiver may read as slowly as the clock of such streams allows.
 * Thread-safe.
 */
public final class StreamStall {

	private final ConnectionOutput output;

	private volatile boolean ended;

	StreamStall(ConnectionOutput output) {
		this.output = output;
	}

	/**
	 * End the stream; what it sent last was left to be written.
	 */
	public void end() {
		// first the mark, then the check: a flushing thread uses the reverse order
		this.ended = true;
		this.output.checkStream(this);
	}

	boolean isEnded() {
		return this.ended;
	}

}
