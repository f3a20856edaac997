package io.github.udsboot.transport.peer;

/**
 * A moment on two clocks.
 *
 * @param nanos the time of this process, {@link System#nanoTime()}
 * @param millis the time of day, {@link System#currentTimeMillis()}
 */
public record Moment(long nanos, long millis) {

	/**
	 * Return this moment.
	 * @return the moment
	 */
	public static Moment now() {
		return new Moment(System.nanoTime(), System.currentTimeMillis());
	}

}
