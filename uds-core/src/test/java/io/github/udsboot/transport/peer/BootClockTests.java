package io.github.udsboot.transport.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@EnabledOnOs(OS.LINUX)
class BootClockTests {

	@TempDir
	private Path directory;

	@Test
	void processThatStartsLaterStartsLater() throws Exception {
		for (int i = 0; i < 10; i++) {
			Moment before = Moment.now();
			long latest = BootClock.shared().latestStart(before);
			Process process = new ProcessBuilder("sleep", "60").start();
			try {
				Moment after = Moment.now();
				long started = ProcessStart.ticksOf(Path.of("/proc", "" + process.pid()));
				assertThat(started).isLessThanOrEqualTo(BootClock.shared().latestStart(after));
				// Rounding, and the time that the thread took which set the clock
				assertThat(latest).isLessThanOrEqualTo(started + 20);
			}
			finally {
				process.destroyForcibly();
			}
		}
	}

	@Test
	void ticksPassAsTimeDoes() {
		Moment now = Moment.now();
		long ticks = BootClock.shared().latestStart(now);
		assertThat(BootClock.shared().latestStart(later(now, 5000, 5000))).isEqualTo(ticks + 500);
		assertThat(BootClock.shared().latestStart(later(now, -5000, -5000))).isEqualTo(ticks - 500);
	}

	@Test
	void timeThatTheSystemSleptIsNotLeftOut() {
		Moment now = Moment.now();
		long ticks = BootClock.shared().latestStart(now);
		// An hour ago by the time of day, and a second of it awake; a tick is ten
		// milliseconds, and the time of day is read in whole ones
		assertThat(BootClock.shared().latestStart(later(now, -1000, -3_600_000))).isBetween(ticks - 360_001,
				ticks - 359_999);
		assertThat(BootClock.shared().latestStart(later(now, -1000, 3_600_000))).as("the time of day was set back")
			.isEqualTo(ticks - 100);
	}

	@Test
	void withoutAThreadToLookAtNothingIsKnown() throws IOException {
		assertThat(new BootClock(this.directory).latestStart(Moment.now())).isEqualTo(BootClock.UNKNOWN);
		Files.writeString(this.directory.resolve("stat"), "garbage");
		assertThat(new BootClock(this.directory).latestStart(Moment.now())).isEqualTo(BootClock.UNKNOWN);
	}

	@Test
	void interruptedThreadGetsTheSame() {
		Thread.currentThread().interrupt();
		long ticks = new BootClock(Path.of("/proc/thread-self")).latestStart(Moment.now());
		assertThat(Thread.interrupted()).isTrue();
		assertThat(ticks).isGreaterThan(0);
	}

	private static Moment later(Moment from, long millis, long millisOfDay) {
		return new Moment(from.nanos() + TimeUnit.MILLISECONDS.toNanos(millis), from.millis() + millisOfDay);
	}

}
