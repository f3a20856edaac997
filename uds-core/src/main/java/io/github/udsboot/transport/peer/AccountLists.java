package io.github.udsboot.transport.peer;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;

/**
 * The local lists of users and groups, {@code passwd} and {@code group}. What a directory
 * service adds to them is unknown here. Read anew each time, line by line. Thread-safe.
 */
final class AccountLists {

	private static final Log logger = GuardedLog.of(AccountLists.class);

	private static final int NAME = 0;

	private static final int NUMBER = 2;

	/** The first group of a user, or the members of a group. */
	private static final int LAST = 3;

	private final Path directory;

	AccountLists(Path directory) {
		this.directory = directory;
	}

	/** Return the name of a user, {@code null} if the list has none. */
	@Nullable String userName(int uid) {
		return names("passwd", IntStream.of(uid)).get(uid);
	}

	/** Return the names of groups, by number, as far as the list has them. */
	Map<Integer, String> groupNames(IntStream gids) {
		return names("group", gids);
	}

	private Map<Integer, String> names(String list, IntStream wanted) {
		Map<Integer, String> names = new HashMap<>();
		GroupNumbers numbers = GroupNumbers.of(wanted);
		read(list, (fields) -> {
			Integer number = number(fields[NUMBER]);
			if (number != null && numbers.contains(number.intValue()) && !fields[NAME].isEmpty()) {
				names.putIfAbsent(number, fields[NAME]);
			}
		});
		return names;
	}

	/**
	 * Return the groups that a user gets at its next login, according to the lists.
	 * @param user the name of the user
	 * @return its first group and all that have it as a member
	 */
	GroupNumbers groupsOf(String user) {
		IntStream.Builder numbers = IntStream.builder();
		read("passwd", (fields) -> {
			if (fields[NAME].equals(user)) {
				add(numbers, fields[LAST]);
			}
		});
		read("group", (fields) -> {
			if (List.of(fields[LAST].split(",")).contains(user)) {
				add(numbers, fields[NUMBER]);
			}
		});
		return GroupNumbers.of(numbers.build().limit(GroupNumbers.MAX));
	}

	private static void add(IntStream.Builder numbers, String text) {
		Integer number = number(text);
		if (number != null) {
			numbers.add(number);
		}
	}

	/** Lines are {@code name:password:number:…}, in both lists. */
	private void read(String list, Consumer<String[]> line) {
		// Not by a channel: an interrupt would close it
		try (BufferedReader lines = new BufferedReader(new InputStreamReader(
				new FileInputStream(this.directory.resolve(list).toFile()), StandardCharsets.UTF_8))) {
			lines.lines().map((text) -> text.split(":", -1)).filter((fields) -> fields.length > LAST).forEach(line);
		}
		catch (IOException | UncheckedIOException ex) {
			logger.debug("The list '" + list + "' cannot be searched", ex);
		}
	}

	private static @Nullable Integer number(String text) {
		try {
			return Integer.parseUnsignedInt(text);
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
