package io.github.udsboot.listener.rpc;

import java.time.Duration;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.connection.LoopTimer;
import io.github.udsboot.guard.Nanos;

/**
 * Sends a PING to a peer that has been silent for long, and closes the connection if it
 * does not answer. The kernel reports a peer that has died, but not one that hangs.
 * Belongs to the loop's owner.
 */
public final class KeepAlive {

	private final LoopConnection connection;

	private final Intervals intervals;

	private final LongConsumer ping;

	private @Nullable LoopTimer timer;

	/** How many frames have arrived. */
	private long frames;

	private long framesAtLastLook;

	/** Whether a PING was sent and nothing has arrived since. */
	private boolean asked;

	private long pings;

	KeepAlive(LoopConnection connection, Intervals intervals, LongConsumer ping) {
		this.connection = connection;
		this.intervals = intervals;
		this.ping = ping;
	}

	/** Note that a frame of any kind has arrived. */
	void heard() {
		this.frames++;
		if (this.asked) {
			this.asked = false;
			start();
		}
	}

	void start() {
		if (Nanos.of(this.intervals.interval()) > 0) {
			schedule(this.intervals.interval(), this::look);
		}
	}

	private void schedule(Duration delay, Runnable task) {
		stop();
		this.framesAtLastLook = this.frames;
		this.timer = this.connection.loop().schedule(Nanos.of(delay), task);
	}

	private void look() {
		// a peer that is kept from sending is not silent
		if (this.frames != this.framesAtLastLook || !this.connection.wantsBytes()) {
			start();
			return;
		}
		this.asked = true;
		this.ping.accept(++this.pings);
		schedule(this.intervals.timeout(), this::giveUp);
	}

	private void giveUp() {
		if (!this.connection.wantsBytes() || this.connection.isMidFrame()) {
			this.asked = false;
			start();
			return;
		}
		// the answer may have arrived without the loop having had time for it; a timer
		// must not read
		this.connection.loop().execute(() -> {
			if (this.connection.receive()) {
				this.connection.loop().execute(this::giveUpUnlessHeard);
			}
			else {
				giveUpUnlessHeard();
			}
		});
	}

	private void giveUpUnlessHeard() {
		if (this.asked) {
			this.connection.close(CloseReason.UNRESPONSIVE, null);
		}
	}

	void stop() {
		LoopTimer timer = this.timer;
		this.timer = null;
		if (timer != null) {
			this.connection.loop().cancel(timer);
		}
	}

	/**
	 * How long a peer may be silent.
	 *
	 * @param interval the time before a PING; zero or less to never send one
	 * @param timeout the time after a PING
	 */
	public record Intervals(Duration interval, Duration timeout) {

		private static final Duration LONG = Duration.ofDays(3_650);

		public Intervals {
			interval = (interval.compareTo(LONG) < 0) ? interval : LONG;
			timeout = (timeout.compareTo(LONG) < 0) ? timeout : LONG;
		}

	}

}
