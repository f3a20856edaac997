package io.github.udsboot.autoconfigure.listener;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.Environment;
import org.springframework.core.log.LogMessage;

import io.github.udsboot.autoconfigure.UdsDrainProperties;
import io.github.udsboot.autoconfigure.socket.ConfiguredValues;
import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.listener.UdsListenerOptions;

/**
 * Determines how long a listener may take to stop.
 */
final class DrainMapper {

	private static final Log logger = GuardedLog.of(UdsListenerAutoConfiguration.class);

	/** Whether web servers wait; read by name, as there may be none. */
	private static final String SERVER_SHUTDOWN = "server.shutdown";

	private final ConfiguredValues values;

	private final Environment environment;

	private final Duration phaseTimeout;

	/**
	 * Create a mapper.
	 * @param values converts the properties of the listener
	 * @param environment the environment
	 * @param phaseTimeout how long a phase of the application's shutdown may take
	 */
	DrainMapper(ConfiguredValues values, Environment environment, Duration phaseTimeout) {
		this.values = values;
		this.environment = environment;
		this.phaseTimeout = phaseTimeout;
	}

	void map(UdsDrainProperties drain, UdsListenerOptions options) {
		options.setDrainTimeout(timeout(drain.getTimeout()));
		options.setDrainStreamTimeout(this.values.notNegative("drain.stream-timeout", drain.getStreamTimeout()));
	}

	private Duration timeout(@Nullable Duration own) {
		if (own == null) {
			return isImmediate() ? Duration.ZERO : this.phaseTimeout;
		}
		Duration timeout = this.values.notNegative("drain.timeout", own);
		if (timeout.compareTo(this.phaseTimeout) <= 0) {
			return timeout;
		}
		logger.warn(LogMessage.format(
				"'%s' is %s, but a phase of the shutdown takes at most %s, and so does the drain: "
						+ "raise 'spring.lifecycle.timeout-per-shutdown-phase' to let it take longer",
				this.values.key("drain.timeout"), DurationStyle.SIMPLE.print(timeout, ChronoUnit.MILLIS),
				DurationStyle.SIMPLE.print(this.phaseTimeout, ChronoUnit.MILLIS)));
		return this.phaseTimeout;
	}

	private boolean isImmediate() {
		return "immediate".equalsIgnoreCase(this.environment.getProperty(SERVER_SHUTDOWN));
	}

}
