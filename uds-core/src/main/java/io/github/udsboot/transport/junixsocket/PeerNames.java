package io.github.udsboot.transport.junixsocket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.github.udsboot.guard.GuardedLog;
import io.github.udsboot.transport.peer.Accounts;
import io.github.udsboot.transport.peer.RecentLookups;

/**
 * Finds the names of users and groups whose numbers junixsocket provides, so that peers
 * have the same names as with the JDK's transport. Java can look up the number of a name,
 * but the name of a number only for the owner of a file: the peer's process is such a
 * file, below {@code /proc}, and it shows itself whether it still has the right number.
 * If there is none, the local lists are searched.
 * <p>
 * Results are kept for a few seconds: many connects at once cost one lookup, and a name
 * that is given to another number is soon right again. Thread-safe; no lock is held
 * during a lookup.
 */
final class PeerNames {

	private static final Log logger = GuardedLog.of(PeerNames.class);

	private static final int MAX_KEPT = 256;

	private static final PeerNames SHARED = new PeerNames(Path.of("/proc"), Accounts.shared());

	private final Path processes;

	private final Accounts accounts;

	private final RecentLookups<Key, Principals> kept = new RecentLookups<>(Duration.ofSeconds(10), MAX_KEPT,
			(key) -> 1);

	/**
	 * Create an instance.
	 * @param processes the directory of the processes
	 * @param accounts the users and groups
	 */
	PeerNames(Path processes, Accounts accounts) {
		this.processes = processes;
		this.accounts = accounts;
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
		Principals principals = this.kept.get(key);
		if (principals == null) {
			principals = lookUp(pid, uid, gid);
			this.kept.put(key, principals);
		}
		return principals;
	}

	private Principals lookUp(long pid, long uid, long gid) throws IOException {
		Principals owners = (pid > 0) ? ownersOf(this.processes.resolve(Long.toString(pid)), uid, gid) : null;
		return (owners != null) ? owners : new Principals(this.accounts.user(uid), this.accounts.group(gid));
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

}
