package io.github.udsboot.listener;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

import io.github.udsboot.guard.LogThrottle;

/**
 * One throttle for each kind of line, so that no peer hides what another one causes.
 * Thread-safe.
 *
 * @param <E> the kinds
 */
final class LogThrottles<E extends Enum<E>> {

	private final Map<E, LogThrottle> throttles;

	LogThrottles(Class<E> kinds) {
		this.throttles = new EnumMap<>(kinds);
		for (E kind : kinds.getEnumConstants()) {
			this.throttles.put(kind, new LogThrottle());
		}
	}

	LogThrottle of(E kind) {
		return Objects.requireNonNull(this.throttles.get(kind));
	}

}
