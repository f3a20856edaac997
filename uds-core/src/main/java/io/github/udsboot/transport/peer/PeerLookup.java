package io.github.udsboot.transport.peer;

import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

import org.apache.commons.logging.Log;

import io.github.udsboot.PeerDetails;
import io.github.udsboot.guard.GuardedLog;

/**
 * Finds out about peers what their sockets do not tell. Thread-safe.
 */
public final class PeerLookup {

	private static final Log logger = GuardedLog.of(PeerLookup.class);

	private static final PeerLookup SHARED = new PeerLookup(
			new ProcessDirectory(Path.of("/proc"), ProcessHandle.current().pid(), BootClock.shared()),
			Accounts.shared());

	private final ProcessDirectory processes;

	private final Accounts accounts;

	PeerLookup(ProcessDirectory processes, Accounts accounts) {
		this.processes = processes;
		this.accounts = accounts;
	}

	/**
	 * Return what looks at the processes and users of this system.
	 * @return the lookup
	 */
	public static PeerLookup shared() {
		return SHARED;
	}

	/**
	 * Return the details of a peer of which only the user is known.
	 * @param user its user
	 * @return the details: the groups of which the local lists say that the user is a
	 * member, and no process
	 */
	public PeerDetails ofUser(UserPrincipal user) {
		return new LazyPeerDetails(() -> new Found(groupsOf(user), null), this.accounts);
	}

	/**
	 * Return the details of a peer of which the process is known.
	 * @param user its user
	 * @param pid its process, 0 if it is in another namespace
	 * @param uid the number of the user
	 * @param gid the number of the group
	 * @param there a moment after it connected, the earlier the better; a process that
	 * started later is another one
	 * @return the details: those of the process, or if it is gone, of the user
	 */
	public PeerDetails ofProcess(UserPrincipal user, long pid, long uid, long gid, Moment there) {
		return new LazyPeerDetails(() -> look(user, pid, uid, gid, there), this.accounts);
	}

	private Found look(UserPrincipal user, long pid, long uid, long gid, Moment there) {
		ProcessDirectory.Inspected seen = this.processes.inspect(pid, uid, gid, there);
		if (seen == null) {
			return new Found(groupsOf(user), null);
		}
		GroupNumbers groups = seen.groups();
		if (groups == null) {
			logger.debug("The groups of process " + pid + " are more than " + GroupNumbers.MAX);
			groups = groupsOf(user);
		}
		return new Found(this.accounts.shared(groups), seen.process());
	}

	private GroupNumbers groupsOf(UserPrincipal user) {
		return this.accounts.shared(this.accounts.groupsOf(user));
	}

}
