package io.github.udsboot.listener;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.RefusalReason;

/**
 * The counters of a listener since its creation, across all its starts and stops.
 * Thread-safe.
 */
final class ListenerCounters {

	private final LongAdder accepted = new LongAdder();

	private final LongAdder acceptFailures = new LongAdder();

	private final Map<RefusalReason, LongAdder> refused = counters(RefusalReason.class);

	private final Map<CloseReason, LongAdder> closed = counters(CloseReason.class);

	private static <K extends Enum<K>> Map<K, LongAdder> counters(Class<K> type) {
		Map<K, LongAdder> counters = new EnumMap<>(type);
		for (K key : type.getEnumConstants()) {
			counters.put(key, new LongAdder());
		}
		return Map.copyOf(counters);
	}

	void countAccepted() {
		this.accepted.increment();
	}

	void countAcceptFailure() {
		this.acceptFailures.increment();
	}

	void count(RefusalReason refusal) {
		increment(this.refused, refusal);
	}

	void count(CloseReason reason) {
		increment(this.closed, reason);
	}

	private static <K> void increment(Map<K, LongAdder> counters, K key) {
		LongAdder counter = counters.get(key);
		if (counter != null) {
			counter.increment();
		}
	}

	long accepted() {
		return this.accepted.sum();
	}

	long acceptFailures() {
		return this.acceptFailures.sum();
	}

	Map<RefusalReason, Long> refused() {
		return snapshot(this.refused);
	}

	Map<CloseReason, Long> closed() {
		return snapshot(this.closed);
	}

	private static <K extends Enum<K>> Map<K, Long> snapshot(Map<K, LongAdder> counters) {
		Map<K, Long> snapshot = new TreeMap<>();
		counters.forEach((key, counter) -> snapshot.put(key, counter.sum()));
		return snapshot;
	}

}
