package io.github.udsboot.transport.junixsocket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;

/**
 * Finds the names of users and groups whose numbers junixsocket provides, so that peers
 * have the same names as with the JDK's transport. Java can look up the number of a name,
 * but the name of a number only for the owner of a file: the peer's process is such a
 * file, below {@code /proc}, and it shows itself whether it still has the right number.
 * If there is none, the local list of users is searched. A number without a name is its
 * own name, as with the JDK.
 * <p>
 * Results are kept for a few seconds: many connects at once cost one lookup, and a name
 * that is given to another number is soon right again. Thread-safe; no lock is held
 * during a lookup.
 */
final class PeerNames {

	private static final Log logger = GuardedLog.of(PeerNames.class);

	private static final long KEPT_NANOS = 10_000_000_000L;

	private static final int MAX_KEPT = 256;

	private static final PeerNames SHARED = new PeerNames(Path.of("/proc"), Path.of("/etc"));

	private final Path processes;

	private final Path lists;

	/** Guarded by itself. */
	private final Map<Key, Found> kept = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<Key, Found> eldest) {
			return size() > MAX_KEPT;
		}

	};

	/**
	 * Create an instance.
	 * @param processes the directory of the processes
	 * @param lists the directory of the lists of users and groups
	 */
	PeerNames(Path processes, Path lists) {
		this.processes = processes;
		this.lists = lists;
	}

	static PeerNames shared() {
		return SHARED;
	}

	/**
	 * Find a user and a group.
	 * @param pid the process id, need not be that of a live process
	 * @param uid the number of the user
	 * @param gid the number of the group
	 * @return both, under their names on this system
	 * @throws IOException if this system knows no users
	 */
	Principals find(long pid, long uid, long gid) throws IOException {
		Key key = new Key(uid, gid);
		long now = System.nanoTime();
		synchronized (this.kept) {
			Found found = this.kept.get(key);
			if (found != null && now - found.at() < KEPT_NANOS) {
				return found.principals();
			}
		}
		Principals principals = lookUp(pid, uid, gid);
		synchronized (this.kept) {
			this.kept.remove(key);
			this.kept.put(key, new Found(principals, now));
		}
		return principals;
	}

	private Principals lookUp(long pid, long uid, long gid) throws IOException {
		Principals owners = (pid > 0) ? ownersOf(this.processes.resolve(Long.toString(pid)), uid, gid) : null;
		if (owners != null) {
			return owners;
		}
		UserPrincipalLookupService service = FileSystems.getDefault().getUserPrincipalLookupService();
		return new Principals(named(service::lookupPrincipalByName, "passwd", uid),
				named(service::lookupPrincipalByGroupName, "group", gid));
	}

	/**
	 * A process that must not be inspected belongs to root here, and a process id may
	 * have been reused by now: so the numbers are compared, as read at one and the same
	 * time.
	 */
	private static @Nullable Principals ownersOf(Path process, long uid, long gid) {
		try {
			Map<String, Object> attributes = Files.readAttributes(process, "unix:uid,gid,owner,group");
			if (isSame(attributes.get("uid"), uid) && isSame(attributes.get("gid"), gid)
					&& attributes.get("owner") instanceof UserPrincipal owner
					&& attributes.get("group") instanceof GroupPrincipal group) {
				return new Principals(owner, group);
			}
		}
		catch (IOException | UnsupportedOperationException | IllegalArgumentException ex) {
			logger.trace("There is no process to look at", ex);
		}
		return null;
	}

	private static boolean isSame(@Nullable Object attribute, long number) {
		return attribute instanceof Number found && Integer.toUnsignedLong(found.intValue()) == number;
	}

	private <P extends UserPrincipal> P named(Lookup<P> lookup, String list, long number) throws IOException {
		P byNumber = lookup.find(Long.toString(number));
		String name = listed(list, number);
		if (name == null) {
			return byNumber;
		}
		try {
			P byName = lookup.find(name);
			// the list is not the only source of names
			return byName.equals(byNumber) ? byName : byNumber;
		}
		catch (UserPrincipalNotFoundException ex) {
			return byNumber;
		}
	}

	/** Lines are {@code name:password:number:…}, in both lists. */
	private @Nullable String listed(String list, long number) {
		try {
			for (String line : Files.readAllLines(this.lists.resolve(list), StandardCharsets.UTF_8)) {
				List<String> fields = List.of(line.split(":", 4));
				if (fields.size() == 4 && fields.get(2).equals(Long.toString(number)) && !fields.get(0).isEmpty()) {
					return fields.get(0);
				}
			}
		}
		catch (IOException ex) {
			logger.debug("The list '" + list + "' cannot be searched", ex);
		}
		return null;
	}

	/**
	 * How to look up the principal of a name or a number.
	 *
	 * @param <P> the type of principal
	 */
	@FunctionalInterface
	private interface Lookup<P> {

		P find(String nameOrNumber) throws IOException;

	}

	/**
	 * The principals of a peer.
	 *
	 * @param user its user
	 * @param group its primary group
	 */
	record Principals(UserPrincipal user, GroupPrincipal group) {

	}

	private record Key(long uid, long gid) {

	}

	private record Found(Principals principals, long at) {

	}

}
