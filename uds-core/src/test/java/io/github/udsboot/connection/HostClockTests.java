package io.github.udsboot.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
		assertThat(HostClock.id(this.proc, HOUR)).isEqualTo(BOOT_ID + ":4026531834");
	}

	@Test
	void kernelsWithoutTimeNamespacesHaveOne() throws IOException {
		Files.delete(this.proc.resolve("self/ns/time"));
		assertThat(HostClock.id(this.proc, HOUR)).isEqualTo(BOOT_ID + ":0");
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -HOUR, 3 * HOUR, Long.MAX_VALUE })
	void aClockThatIsNotTheHostsIsNotNamed(long nanoTime) {
		assertThat(HostClock.id(this.proc, nanoTime)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "not a boot id", BOOT_ID + " " + BOOT_ID })
	void norIsOneOfABootThatIsNotKnown(String bootId) throws IOException {
		Files.writeString(this.proc.resolve("sys/kernel/random/boot_id"), bootId);
		assertThat(HostClock.id(this.proc, HOUR)).isNull();
	}

	@Test
	void norWhereNothingIsKnown() {
		assertThat(HostClock.id(this.proc.resolve("missing"), HOUR)).isNull();
	}

	@Test
	void namespaceThatLooksDifferentIsNotGuessed() throws IOException {
		Files.delete(this.proc.resolve("self/ns/time"));
		Files.createSymbolicLink(this.proc.resolve("self/ns/time"), Path.of("elsewhere"));
		assertThat(HostClock.id(this.proc, HOUR)).isNull();
	}

	@Test
	void processesOfOneHostHaveTheSame() {
		assertThat(HostClock.id()).isNotNull().hasSizeLessThanOrEqualTo(64).doesNotContain(" ");
	}

}
