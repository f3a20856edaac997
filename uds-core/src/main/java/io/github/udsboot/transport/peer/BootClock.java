package io.github.udsboot.transport.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;

/**
 * Converts moments of this process to ticks since the start of the system, in which the
 * kernel gives the start of a process. It is set by a thread that is started for that,
 * since the kernel says when that was in the same terms; {@code /proc/uptime} would be
 * simpler, but in a container it may be that of the container (lxcfs).
 * <p>
 * {@link System#nanoTime()} stands still while the system sleeps, and the kernel's clock
 * for processes does not. The time of day tells the difference; where that was set
 * forward, moments before are taken for earlier than they were. Thread-safe.
 */
final class BootClock {

	/** The returned limit if there is no way to tell. */
	static final long UNKNOWN = -1;

	private static final Log logger = GuardedLog.of(BootClock.class);

	private static final BootClock SHARED = new BootClock(Path.of("/proc/thread-self"));

	private static final long NANOS_PER_TICK = TimeUnit.SECONDS.toNanos(1) / ProcessStart.TICKS_PER_SECOND;

	/** Beyond what two clocks that are read one after the other differ by. */
	private static final long SLEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final Path thread;

	private volatile @Nullable Setting setting;

	/**
	 * Create a clock.
	 * @param thread the directory of the thread that looks
	 */
	BootClock(Path thread) {
		this.thread = thread;
	}

	static BootClock shared() {
		return SHARED;
	}

	/**
	 * Return the latest start of a process that was there at a moment. Later by a tick at
	 * most, as the kernel rounds down, and by what it took to start a thread.
	 * @param moment the moment
	 * @return the ticks, {@link #UNKNOWN} if they cannot be told
	 */
	long latestStart(Moment moment) {
		Setting setting = this.setting;
		if (setting == null || Math.abs(slept(setting.read(), Moment.now())) > SLEPT_NANOS) {
			setting = set();
			this.setting = setting;
		}
		return (setting != null) ? setting.latestStart(moment) : UNKNOWN;
	}

	private @Nullable Setting set() {
		CompletableFuture<Long> started = new CompletableFuture<>();
		Moment before = Moment.now();
		try {
			Thread thread = new Thread(null, () -> look(started), "uds-boot-clock", 0, false);
			thread.setDaemon(true);
			thread.start();
		}
		catch (OutOfMemoryError ex) {
			started.complete(UNKNOWN);
		}
		long ticks = started.join();
		return (ticks != UNKNOWN) ? new Setting(before, ticks) : null;
	}

	private void look(CompletableFuture<Long> started) {
		long ticks = UNKNOWN;
		try {
			ticks = ProcessStart.ticksOf(this.thread);
		}
		catch (IOException ex) {
			logger.debug("When processes started cannot be told", ex);
		}
		finally {
			started.complete(ticks);
		}
	}

	/** Return how much longer than the clock of this process the time of day took. */
	private static long slept(Moment from, Moment to) {
		return TimeUnit.MILLISECONDS.toNanos(to.millis() - from.millis()) - (to.nanos() - from.nanos());
	}

	/**
	 * What the clock was set by.
	 *
	 * @param read before the thread started
	 * @param ticks when it started, rounded down
	 */
	private record Setting(Moment read, long ticks) {

		long latestStart(Moment moment) {
			long ago = this.read.nanos() - moment.nanos();
			long slept = slept(moment, this.read);
			if (slept > SLEPT_NANOS) {
				ago += slept;
			}
			return Math.max(0, this.ticks + 1 + Math.floorDiv(-ago, NANOS_PER_TICK));
		}

	}

}
