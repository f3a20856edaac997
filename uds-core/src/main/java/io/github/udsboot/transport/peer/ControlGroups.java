package io.github.udsboot.transport.peer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The control groups of a process, of all hierarchies: one with cgroup v2, many with v1,
 * both in the hybrid mode of systemd. Each line is {@code number:controllers:path}.
 * Immutable.
 */
final class ControlGroups {

	static final ControlGroups NONE = new ControlGroups(List.of());

	private static final String REMOVED = " (deleted)";

	private static final String SYSTEMD = "name=systemd";

	/** Docker, Podman, containerd and CRI-O, each with the systemd driver and without. */
	private static final Pattern CONTAINER = Pattern.compile("(?:(.*)[-:])?([0-9a-f]{64})(?:[.]scope)?");

	/** The process that watches a container. */
	private static final String MONITOR = "conmon";

	private final List<Hierarchy> hierarchies;

	private ControlGroups(List<Hierarchy> hierarchies) {
		this.hierarchies = hierarchies;
	}

	/**
	 * Parse the content of {@code /proc/<pid>/cgroup}.
	 * @param text complete lines; those in no known form are ignored
	 * @return the control groups
	 */
	static ControlGroups parse(String text) {
		List<Hierarchy> hierarchies = new ArrayList<>();
		for (String line : text.split("\n")) {
			String[] fields = line.split(":", 3);
			if (fields.length == 3 && fields[2].startsWith("/")) {
				hierarchies.add(hierarchy(fields[0], fields[1], fields[2]));
			}
		}
		// systemd's own first, which in the hybrid mode is that of v2
		hierarchies.sort(Comparator.comparingInt(Hierarchy::rank));
		return new ControlGroups(hierarchies);
	}

	private static Hierarchy hierarchy(String number, String controllers, String path) {
		int rank = (number.equals("0") && controllers.isEmpty()) ? 0 : controllers.equals(SYSTEMD) ? 1 : 2;
		String live = path.endsWith(REMOVED) ? path.substring(0, path.length() - REMOVED.length()) : path;
		return new Hierarchy(rank, Stream.of(live.split("/")).filter((name) -> !name.isEmpty()).toList());
	}

	/** Return the unit of the system's manager, {@code null} if there is none. */
	@Nullable String unit() {
		return first(ofManager().map(UnitNames::unit));
	}

	/** Return the unit of the user's own manager, {@code null} if there is none. */
	@Nullable String userUnit() {
		return first(ofManager().map(UnitNames::userUnit));
	}

	/** Return the id of the innermost container, {@code null} if there is none. */
	@Nullable String container() {
		return first(this.hierarchies.stream().map(Hierarchy::path).map(ControlGroups::container));
	}

	/**
	 * Paths that begin with {@code ..} are of processes outside of our cgroup namespace.
	 * They say nothing of the slices above, so what seems to be a unit may be anything;
	 * and {@code ..} is not a unit.
	 */
	private Stream<List<String>> ofManager() {
		return this.hierarchies.stream().filter((hierarchy) -> hierarchy.rank() < 2).map(Hierarchy::path);
	}

	private static @Nullable String container(List<String> path) {
		for (int i = path.size() - 1; i >= 0; i--) {
			Matcher matcher = CONTAINER.matcher(path.get(i));
			if (matcher.matches()) {
				String kind = matcher.group(1);
				return (kind != null && kind.endsWith(MONITOR)) ? null : matcher.group(2);
			}
		}
		return null;
	}

	private static @Nullable String first(Stream<@Nullable String> found) {
		return found.filter(Objects::nonNull).findFirst().orElse(null);
	}

	/**
	 * A hierarchy.
	 *
	 * @param rank 0 and 1 are of systemd
	 * @param path the names from the root
	 */
	private record Hierarchy(int rank, List<String> path) {

	}

}
