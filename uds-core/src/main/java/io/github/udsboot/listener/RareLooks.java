package io.github.udsboot.listener;

/**
 * Decides when to connect to a foreign socket at the listener's path. It may belong to a
 * live server, so the watchdog connects at once, and then more and more rarely. Guarded
 * by the monitor of its owner.
 */
final class RareLooks {

	/** About once a minute, as often as the watchdog asks by default. */
	private static final int MAX_GAP = 32;

	private int gap;

	private int asked;

	/**
	 * Return whether it is time to connect; called at each turn of the watchdog.
	 * @return whether it is
	 */
	boolean isDue() {
		this.asked++;
		if (this.asked <= this.gap) {
			return false;
		}
		this.asked = 0;
		this.gap = Math.min(Math.max(1, 2 * this.gap), MAX_GAP);
		return true;
	}

	/** Begin anew, as the socket at the path is the listener's own. */
	void reset() {
		this.gap = 0;
		this.asked = 0;
	}

}
