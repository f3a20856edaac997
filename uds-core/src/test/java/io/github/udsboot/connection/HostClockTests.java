package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HostClockTests {

	private static final String BOOT_ID = "058a50f3-55f9-4099-8668-99979e849733";

	private static final long HOUR = 3_600_000_000_000L;

	@TempDir
	private Path proc;

	@BeforeEach
	void describe() throws IOException {
		Files.createDirectories(this.proc.resolve("sys/kernel/random"));
		Files.createDirectories(this.proc.resolve("self/ns"));
		Files.writeString(this.proc.resolve("sys/kernel/random/boot_id"), BOOT_ID + "\n");
		Files.writeString(this.proc.resolve("uptime"), "7200.42 100.17\n");
		Files.createSymbolicLink(this.proc.resolve("self/ns/time"), Path.of("time:[4026531834]"));
	}

	@Test
	void isNamedByTheBootAndTheTimeNamespace() {
		assertThat(id(this.proc, HOUR)).isEqualTo(BOOT_ID + ":4026531834");
	}

	@Test
	void kernelsWithoutTimeNamespacesHaveOne() throws IOException {
		Files.delete(this.proc.resolve("self/ns/time"));
		assertThat(id(this.proc, HOUR)).isEqualTo(BOOT_ID + ":0");
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -HOUR, 3 * HOUR, Long.MAX_VALUE })
	void aClockThatIsNotTheHostsIsNotNamed(long nanoTime) {
		assertThat(id(this.proc, nanoTime)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "not a boot id", BOOT_ID + " " + BOOT_ID })
	void norIsOneOfABootThatIsNotKnown(String bootId) throws IOException {
		Files.writeString(this.proc.resolve("sys/kernel/random/boot_id"), bootId);
		assertThat(id(this.proc, HOUR)).isNull();
	}

	@Test
	void norWhereNothingIsKnown() {
		assertThat(id(this.proc.resolve("missing"), HOUR)).isNull();
	}

	@Test
	void namespaceThatLooksDifferentIsNotGuessed() throws IOException {
		Files.delete(this.proc.resolve("self/ns/time"));
		Files.createSymbolicLink(this.proc.resolve("self/ns/time"), Path.of("elsewhere"));
		assertThat(id(this.proc, HOUR)).isNull();
	}

	@Test
	void aProcessThatWasRestoredFromASnapshotAfterABootHasAClockOfItsOwn() throws IOException {
		AtomicLong nanoTime = new AtomicLong(HOUR);
		HostClock clock = new HostClock(this.proc, nanoTime::get);
		nanoTime.addAndGet(2_000_000_000L);
		assertThat(clock.current()).isEqualTo(BOOT_ID + ":4026531834");
		Files.writeString(this.proc.resolve("sys/kernel/random/boot_id"), BOOT_ID.replace('0', '1') + "\n");
		nanoTime.addAndGet(2_000_000_000L);
		assertThat(clock.current()).isNull();
	}

	@Test
	void soHasOneThatWasRestoredInAnotherTimeNamespace() throws IOException {
		AtomicLong nanoTime = new AtomicLong(HOUR);
		HostClock clock = new HostClock(this.proc, nanoTime::get);
		Files.delete(this.proc.resolve("self/ns/time"));
		Files.createSymbolicLink(this.proc.resolve("self/ns/time"), Path.of("time:[4026532000]"));
		nanoTime.addAndGet(2_000_000_000L);
		assertThat(clock.current()).isNull();
	}

	@Test
	void itIsLookedAtOnceASecond() throws IOException {
		AtomicLong nanoTime = new AtomicLong(HOUR);
		HostClock clock = new HostClock(this.proc, nanoTime::get);
		Files.delete(this.proc.resolve("sys/kernel/random/boot_id"));
		nanoTime.addAndGet(900_000_000L);
		assertThat(clock.current()).isNotNull();
		nanoTime.addAndGet(900_000_000L);
		assertThat(clock.current()).isNull();
	}

	@Test
	void processesOfOneHostHaveTheSame() {
		assertThat(HostClock.id()).isNotNull().hasSizeLessThanOrEqualTo(64).doesNotContain(" ");
	}

	private static @Nullable String id(Path proc, long nanoTime) {
		return new HostClock(proc, () -> nanoTime).current();
	}

}
