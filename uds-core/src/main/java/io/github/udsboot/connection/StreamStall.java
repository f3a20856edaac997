package io.github.udsboot.connection;

/**
 * One stream that has a connection of its own: while it lasts, and until its end is
 * written, its receiver may take its time to read, as long as the clock of such streams
 * allows. Thread-safe.
 */
public final class StreamStall {

	private final ConnectionOutput output;

	private volatile boolean ended;

	StreamStall(ConnectionOutput output) {
		this.output = output;
	}

	/**
	 * The stream has ended, and what it has sent last was left to be written.
	 */
	public void end() {
		// first the mark, then the look: a flushing thread does it the other way round
		this.ended = true;
		this.output.checkStream(this);
	}

	boolean isEnded() {
		return this.ended;
	}

}
