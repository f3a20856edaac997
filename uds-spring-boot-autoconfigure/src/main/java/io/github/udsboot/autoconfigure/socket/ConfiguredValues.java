package io.github.udsboot.autoconfigure.socket;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

/**
 * Converts the values of properties for the runtime, and reports those that it cannot
 * accept under the name of the property.
 */
public final class ConfiguredValues {

	private static final Pattern OCTAL = Pattern.compile("0[0-7]{3}");

	/** The longest duration that a number of nanoseconds can hold. */
	private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

	private final String prefix;

	/**
	 * Create an instance.
	 * @param prefix the prefix of the properties, without a dot at the end
	 */
	public ConfiguredValues(String prefix) {
		this.prefix = prefix;
	}

	/**
	 * Convert a value.
	 * @param <T> the type of the value
	 * @param <R> the type of the result
	 * @param name the name of the property, without the prefix
	 * @param value the value
	 * @param conversion converts the value, or throws {@link IllegalArgumentException}
	 * with the reason why it cannot be accepted
	 * @return the result
	 * @throws InvalidConfigurationPropertyValueException if the value cannot be accepted
	 */
	public <T, R extends @Nullable Object> R convert(String name, T value, Function<T, R> conversion) {
		try {
			return conversion.apply(value);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(name, value, ex.getMessage(), ex);
		}
	}

	public int atLeastOne(String name, int value) {
		if (value < 1) {
			throw invalid(name, value, "It must be at least 1", null);
		}
		return value;
	}

	public Duration notNegative(String name, Duration value) {
		if (value.isNegative() || value.compareTo(LONGEST) > 0) {
			throw invalid(name, value, "It must not be negative or longer than 292 years", null);
		}
		return value;
	}

	public Duration positive(String name, Duration value) {
		if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
			throw invalid(name, value, "It must be more than zero and not longer than 292 years", null);
		}
		return value;
	}

	public int bytes(String name, DataSize value, int min, int max) {
		if (value.toBytes() < min || value.toBytes() > max) {
			throw invalid(name, value, "It must be from " + min + " to " + max + " bytes", null);
		}
		return (int) value.toBytes();
	}

	public long bytesAtLeast(String name, DataSize value, long min) {
		if (value.toBytes() < min) {
			throw invalid(name, value, "It must be at least " + min + " bytes", null);
		}
		return value.toBytes();
	}

	public Set<PosixFilePermission> permissions(String name, String value) {
		return convert(name, value, ConfiguredValues::parsePermissions);
	}

	/**
	 * Convert the duration of polling.
	 * @param name the name of the property, without the prefix
	 * @param value {@code auto}, {@code off} or a duration
	 * @return the duration, zero for never, {@code null} to let the runtime decide
	 */
	public @Nullable Duration busyPoll(String name, String value) {
		return switch (value) {
			case "auto" -> null;
			// What YAML makes of an unquoted "off"
			case "off", "false" -> Duration.ZERO;
			default -> convert(name, value, ConfiguredValues::parseBusyPoll);
		};
	}

	private static Duration parseBusyPoll(String value) {
		try {
			Duration duration = DurationStyle.detectAndParse(value);
			Assert.isTrue(!duration.isNegative() && duration.compareTo(LONGEST) <= 0, "Out of range");
			return duration;
		}
		catch (IllegalArgumentException | ArithmeticException ex) {
			throw new IllegalArgumentException("It must be 'auto', 'off' or a duration such as '50us'", ex);
		}
	}

	private static Set<PosixFilePermission> parsePermissions(String value) {
		if (OCTAL.matcher(value).matches()) {
			return fromBits(Integer.parseInt(value, 8));
		}
		try {
			return PosixFilePermissions.fromString(value);
		}
		catch (IllegalArgumentException ex) {
			// In YAML an unquoted 0660 is the number 432, which would be taken for
			// -w--wx-w-
			throw new IllegalArgumentException("It must be symbolic, such as 'rw-rw----', or octal with four digits of "
					+ "which the first is 0, in YAML within quotes, such as \"0660\"", ex);
		}
	}

	private static Set<PosixFilePermission> fromBits(int bits) {
		Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
		PosixFilePermission[] fromHighestBit = PosixFilePermission.values();
		for (int i = 0; i < fromHighestBit.length; i++) {
			if ((bits & (1 << (fromHighestBit.length - 1 - i))) != 0) {
				permissions.add(fromHighestBit[i]);
			}
		}
		return permissions;
	}

	/**
	 * Return the full name of a property.
	 * @param name the name of the property, without the prefix
	 * @return the name with the prefix
	 */
	public String key(String name) {
		return this.prefix + "." + name;
	}

	public InvalidConfigurationPropertyValueException invalid(String name, @Nullable Object value,
			@Nullable String reason, @Nullable Throwable cause) {
		String sentence = (reason == null || reason.endsWith(".")) ? reason : reason + ".";
		return new InvalidConfigurationPropertyValueException(key(name), value, sentence, cause);
	}

}
