package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Which clock {@link System#nanoTime()} reads: two processes with the same clock may
 * compare their readings. On Linux it is CLOCK_MONOTONIC, which is the same for all
 * processes since the host was booted, unless a container has a time namespace of its
 * own. The clock is unknown elsewhere, and where it does not look like that one.
 */
public final class HostClock {

	private static final Pattern TIME_NAMESPACE = Pattern.compile("time:\\[(\\d+)]");

	private static final Pattern BOOT_ID = Pattern.compile("[0-9a-f-]{32,36}");

	/** How often the files are read: for each request would be slow. */
	private static final long LOOK_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final HostClock CLOCK = new HostClock(Path.of("/proc"), System::nanoTime);

	private final Path proc;

	private final LongSupplier clock;

	/** The clock that the process was started with. */
	private final @Nullable String idAtStart;

	private volatile Look last;

	/**
	 * Create an instance.
	 * @param proc the proc file system
	 * @param clock the clock
	 */
	HostClock(Path proc, LongSupplier clock) {
		this.proc = proc;
		this.clock = clock;
		long now = clock.getAsLong();
		this.idAtStart = id(proc, now);
		this.last = new Look(this.idAtStart, now);
	}

	/**
	 * Return the identity of the clock.
	 * @return a word of at most 64 characters, or {@code null} if it is not known
	 */
	public static @Nullable String id() {
		return CLOCK.current();
	}

	/**
	 * Return the clock, unless the process was restored from a snapshot on another boot
	 * or in another time namespace: it then has a clock of its own, whose time continues
	 * from the snapshot.
	 */
	@Nullable String current() {
		if (this.idAtStart == null) {
			return null;
		}
		Look look = this.last;
		long now = this.clock.getAsLong();
		if (now - look.at() > LOOK_INTERVAL_NANOS) {
			look = new Look(this.idAtStart.equals(id(this.proc, now)) ? this.idAtStart : null, now);
			this.last = look;
		}
		return look.id();
	}

	private static @Nullable String id(Path proc, long nanoTime) {
		try {
			String boot = Files.readString(proc.resolve("sys/kernel/random/boot_id")).trim();
			if (!BOOT_ID.matcher(boot).matches() || !isUptime(proc, nanoTime)) {
				return null;
			}
			String namespace = namespace(proc);
			return (namespace != null) ? boot + ":" + namespace : null;
		}
		catch (IOException | RuntimeException ex) {
			return null;
		}
	}

	/**
	 * Return whether the clock may be that of Linux: the host's uptime is at least as
	 * long, as it includes time asleep.
	 */
	private static boolean isUptime(Path proc, long nanoTime) throws IOException {
		String[] uptime = Files.readString(proc.resolve("uptime")).split(" ", 2);
		return nanoTime > 0 && nanoTime <= (Double.parseDouble(uptime[0]) + 1) * 1e9;
	}

	private static @Nullable String namespace(Path proc) throws IOException {
		try {
			Matcher matcher = TIME_NAMESPACE.matcher(Files.readSymbolicLink(proc.resolve("self/ns/time")).toString());
			return matcher.matches() ? matcher.group(1) : null;
		}
		catch (NoSuchFileException ex) {
			// a kernel older than time namespaces
			return "0";
		}
	}

	/**
	 * A reading of the files.
	 *
	 * @param id the clock found
	 * @param at when it was read
	 */
	private record Look(@Nullable String id, long at) {
	}

}
