package io.github.udsboot.transport.peer;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Which systemd unit a control group belongs to, by systemd's own rules: the first name
 * after the slices is the unit, and what is below it is the unit's own business. So a
 * user to whom systemd has delegated a control group cannot pass for another unit.
 * (systemd's {@code cg_path_get_unit} and {@code unit_name_is_valid}.)
 */
final class UnitNames {

	private static final String SLICE = ".slice";

	private static final String USER_MANAGER = "user@";

	private static final String SERVICE = ".service";

	private static final int MAX_LENGTH = 255;

	private static final Set<String> TYPES = Set.of("service", "mount", "swap", "socket", "target", "device",
			"automount", "timer", "path", "slice", "scope");

	private UnitNames() {
	}

	/**
	 * Return the unit of a control group.
	 * @param path the names of the control groups from the root
	 * @return the unit, {@code null} if there is none
	 */
	static @Nullable String unit(List<String> path) {
		int index = afterSlices(path);
		if (index == path.size()) {
			return null;
		}
		String name = unescape(path.get(index));
		return (isValid(name) && !name.endsWith(SLICE)) ? name : null;
	}

	/**
	 * Return the unit of a control group of a user's own manager.
	 * @param path the names of the control groups from the root
	 * @return the unit, {@code null} if there is none
	 */
	static @Nullable String userUnit(List<String> path) {
		int index = afterSlices(path);
		return (index < path.size() && isUserManager(path.get(index))) ? unit(path.subList(index + 1, path.size()))
				: null;
	}

	private static int afterSlices(List<String> path) {
		int index = 0;
		while (index < path.size() && isSlice(unescape(path.get(index)))) {
			index++;
		}
		return index;
	}

	private static boolean isSlice(String name) {
		return name.endsWith(SLICE) && name.indexOf('@') < 0 && isValid(name);
	}

	private static boolean isUserManager(String name) {
		return name.startsWith(USER_MANAGER) && name.endsWith(SERVICE)
				&& name.length() > USER_MANAGER.length() + SERVICE.length()
				&& name.substring(USER_MANAGER.length(), name.length() - SERVICE.length())
					.chars()
					.allMatch((c) -> c >= '0' && c <= '9');
	}

	/** Names that files of the kernel could have are preceded by an underscore. */
	private static String unescape(String name) {
		return name.startsWith("_") ? name.substring(1) : name;
	}

	/** With or without an instance, but no template. */
	private static boolean isValid(String name) {
		int dot = name.lastIndexOf('.');
		int at = name.indexOf('@');
		return dot > 0 && name.length() <= MAX_LENGTH && TYPES.contains(name.substring(dot + 1)) && at != 0
				&& (at < 0 || at < dot - 1)
				&& name.substring(0, dot).chars().allMatch((c) -> c == '@' || isValidCharacter(c));
	}

	private static boolean isValidCharacter(int c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || ":-_.\\".indexOf(c) >= 0;
	}

}
