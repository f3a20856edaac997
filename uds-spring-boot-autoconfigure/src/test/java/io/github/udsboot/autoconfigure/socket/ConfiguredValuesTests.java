package io.github.udsboot.autoconfigure.socket;

import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ConfiguredValuesTests {

	private final ConfiguredValues values = new ConfiguredValues("uds.test");

	@ParameterizedTest
	@CsvSource({ "rw-rw----, rw-rw----", "0660, rw-rw----", "0600, rw-------", "0777, rwxrwxrwx", "0000, ---------",
			"0421, r---w---x" })
	void whenPermissionsAreSymbolicOrOctalThenTheyAreUnderstood(String value, String symbolic) {
		assertThat(this.values.permissions("permissions", value)).isEqualTo(PosixFilePermissions.fromString(symbolic));
	}

	@ParameterizedTest
	@ValueSource(strings = { "432", "660", "0o660", "06600", "0680", "4660", "rw-rw---", "rw-rw-----", "", "u=rw" })
	void whenPermissionsMayBeMisunderstoodThenTheyAreRefused(String value) {
		assertInvalid("permissions", value, () -> this.values.permissions("permissions", value))
			.withMessageContaining("in YAML within quotes");
	}

	@Test
	void whenBusyPollIsAutoThenTheRuntimeDecides() {
		assertThat(this.values.busyPoll("busy-poll", "auto")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "off", "false", "0", "0s" })
	void whenBusyPollIsOffThenItIsZero(String value) {
		assertThat(this.values.busyPoll("busy-poll", value)).isEqualTo(Duration.ZERO);
	}

	@Test
	void whenBusyPollIsADurationThenItIsTaken() {
		assertThat(this.values.busyPoll("busy-poll", "25us")).isEqualTo(Duration.ofNanos(25_000));
	}

	@ParameterizedTest
	@ValueSource(strings = { "on", "", "-1ms", "fast", "99999999999999999d" })
	void whenBusyPollIsAnythingElseThenItIsRefused(String value) {
		assertInvalid("busy-poll", value, () -> this.values.busyPoll("busy-poll", value));
	}

	@Test
	void whenANumberIsLessThanOneThenItIsRefused() {
		assertThat(this.values.atLeastOne("n", 1)).isEqualTo(1);
		assertInvalid("n", "0", () -> this.values.atLeastOne("n", 0)).withMessageContaining("at least 1");
	}

	@Test
	void whenADurationIsOutOfRangeThenItIsRefused() {
		assertThat(this.values.notNegative("d", Duration.ZERO)).isZero();
		assertThat(this.values.positive("d", Duration.ofNanos(1))).isEqualTo(Duration.ofNanos(1));
		assertInvalid("d", "PT-1S", () -> this.values.notNegative("d", Duration.ofSeconds(-1)));
		assertInvalid("d", "PT0S", () -> this.values.positive("d", Duration.ZERO));
		Duration forEver = Duration.ofDays(400 * 365);
		assertInvalid("d", forEver.toString(), () -> this.values.notNegative("d", forEver));
		assertInvalid("d", forEver.toString(), () -> this.values.positive("d", forEver));
	}

	@Test
	void whenASizeIsOutOfRangeThenItIsRefused() {
		assertThat(this.values.bytes("s", DataSize.ofBytes(16), 1, 16)).isEqualTo(16);
		assertInvalid("s", "17B", () -> this.values.bytes("s", DataSize.ofBytes(17), 1, 16));
		assertInvalid("s", "0B", () -> this.values.bytes("s", DataSize.ofBytes(0), 1, 16));
		// More than an int can hold
		assertInvalid("s", "4294967297B",
				() -> this.values.bytes("s", DataSize.ofBytes((1L << 32) + 1), 1, Integer.MAX_VALUE));
	}

	private static ThrowableAssertAlternative<InvalidConfigurationPropertyValueException> assertInvalid(String name,
			String value, ThrowingCallable code) {
		return assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(code)
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("uds.test." + name);
				assertThat(ex.getValue()).hasToString(value);
				assertThat(ex.getReason()).endsWith(".");
			});
	}

}
