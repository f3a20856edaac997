package io.github.udsboot.transport.peer;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the results of lookups for a while: many connects at once cost one lookup, and
 * what changes is soon right again. The oldest results give way to new ones when they
 * become too many. Thread-safe; a map operation is the longest that its monitor is held.
 *
 * @param <K> what was looked up
 * @param <V> what was found
 */
public final class RecentLookups<K, V> {

	private final long keptNanos;

	private final long maxWeight;

	private final ToIntFunction<? super K> weigher;

	/** Guarded by itself, as is the weight. */
	private final Map<K, Found<K, V>> kept = new LinkedHashMap<>();

	private long weight;

	/**
	 * Create an instance.
	 * @param kept how long a result is used
	 * @param maxWeight the weight of all results together
	 * @param weigher the weight of one result, by its key
	 */
	public RecentLookups(Duration kept, long maxWeight, ToIntFunction<? super K> weigher) {
		this.keptNanos = kept.toNanos();
		this.maxWeight = maxWeight;
		this.weigher = weigher;
	}

	/**
	 * Return a recent result.
	 * @param key what to look up
	 * @return the result, {@code null} if there is none or it is too old
	 */
	public @Nullable V get(K key) {
		synchronized (this.kept) {
			Found<K, V> found = this.kept.get(key);
			return (found != null && System.nanoTime() - found.at() < this.keptNanos) ? found.value() : null;
		}
	}

	/**
	 * Return the key under which an equal one was added.
	 * @param key the key
	 * @return the equal key that is kept anyway, otherwise the same
	 */
	K intern(K key) {
		synchronized (this.kept) {
			Found<K, V> found = this.kept.get(key);
			return (found != null) ? found.key() : key;
		}
	}

	/**
	 * Keep a result.
	 * @param key what was looked up
	 * @param value what was found
	 */
	public void put(K key, V value) {
		synchronized (this.kept) {
			Found<K, V> old = this.kept.remove(key);
			K owner = (old != null) ? old.key() : key;
			if (old == null) {
				this.weight += this.weigher.applyAsInt(key);
			}
			this.kept.put(owner, new Found<>(owner, value, System.nanoTime()));
			Iterator<K> oldest = this.kept.keySet().iterator();
			while (this.weight > this.maxWeight && oldest.hasNext()) {
				this.weight -= this.weigher.applyAsInt(oldest.next());
				oldest.remove();
			}
		}
	}

	private record Found<K, V>(K key, V value, long at) {

	}

}
