package io.github.udsboot.client.shared;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The classes that others of this package consist of, for tests that explore the
 * interleavings of a whole.
 */
public final class Parts {

	private static final Map<Class<?>, List<Class<?>>> PARTS = Map.of(SharedConnection.class,
			List.of(ReadingRole.class), SharedConnections.class,
			List.of(ConnectQueue.class, ConnectionGrowth.class, ConnectionSlots.class), IoThread.class,
			List.of(WatchedConnection.class));

	private Parts() {
	}

	/** Return the classes, each with its parts. */
	public static Class<?>[] with(Class<?>... wholes) {
		Set<Class<?>> all = new LinkedHashSet<>();
		for (Class<?> whole : wholes) {
			all.add(whole);
			all.addAll(PARTS.getOrDefault(whole, List.of()));
		}
		return all.toArray(Class<?>[]::new);
	}

}
