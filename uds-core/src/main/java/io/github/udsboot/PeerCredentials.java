package io.github.udsboot;

import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The peer of a connection, as the kernel recorded it when the connection was made
 * ({@code SO_PEERCRED}). Fixed for the life of the connection, even if the peer exits or
 * changes its user. The groups and the process are looked up when they are first asked
 * for, once per connection.
 *
 * <p>
 * Two are equal if the kernel said the same of both. Thread-safe.
 */
public final class PeerCredentials implements PeerIdentity {

	private final UserPrincipal user;

	private final GroupPrincipal group;

	private final @Nullable Long pid;

	private final @Nullable Long uid;

	private final @Nullable Long gid;

	private final @Nullable PeerDetails details;

	/**
	 * Create credentials of which nothing else is known.
	 * @param user the peer's effective user
	 * @param group the peer's effective primary group
	 * @param pid the peer's process id, or {@code null}
	 * @param uid the number of the user, or {@code null}
	 * @param gid the number of the group, or {@code null}
	 */
	public PeerCredentials(UserPrincipal user, GroupPrincipal group, @Nullable Long pid, @Nullable Long uid,
			@Nullable Long gid) {
		this(user, group, pid, uid, gid, null);
	}

	/**
	 * Create credentials.
	 * @param user the peer's effective user
	 * @param group the peer's effective primary group
	 * @param pid the peer's process id, or {@code null}
	 * @param uid the number of the user, or {@code null}
	 * @param gid the number of the group, or {@code null}
	 * @param details finds out the rest, or {@code null} if it cannot be told
	 */
	public PeerCredentials(UserPrincipal user, GroupPrincipal group, @Nullable Long pid, @Nullable Long uid,
			@Nullable Long gid, @Nullable PeerDetails details) {
		this.user = user;
		this.group = group;
		this.pid = pid;
		this.uid = uid;
		this.gid = gid;
		this.details = details;
	}

	/**
	 * Return the peer's effective user.
	 * @return the user; one without a name on this system has its number as its name
	 */
	public UserPrincipal user() {
		return this.user;
	}

	/**
	 * Return the peer's effective primary group.
	 * @return the group; one without a name on this system has its number as its name
	 */
	public GroupPrincipal group() {
		return this.group;
	}

	/**
	 * Return the peer's process id. Never authorize by it: process ids are reused.
	 * @return the process id, {@code null} if the transport does not provide it (the
	 * JDK's does not), 0 if the process is in another pid namespace
	 */
	public @Nullable Long pid() {
		return this.pid;
	}

	/**
	 * Return the number of the user.
	 * @return the number, {@code null} if the transport does not provide it
	 */
	public @Nullable Long uid() {
		return this.uid;
	}

	/**
	 * Return the number of the primary group.
	 * @return the number, {@code null} if the transport does not provide it
	 */
	public @Nullable Long gid() {
		return this.gid;
	}

	/**
	 * Return all groups of the peer: its primary group and its supplementary groups.
	 * <p>
	 * The transport over junixsocket knows the process, and gives the groups that it has
	 * when they are first asked for. If the process is gone by then or cannot be told,
	 * and always with the JDK's transport, they are those of which the local lists
	 * ({@code /etc/group}, {@code /etc/passwd}) say that the user is a member: those that
	 * it would have after a login, and not what a directory service adds.
	 * @return the groups, the primary group first; they equal what a
	 * {@link java.nio.file.attribute.UserPrincipalLookupService} finds
	 * @see #isInGroup(long)
	 */
	public Set<GroupPrincipal> groups() {
		Set<GroupPrincipal> groups = new LinkedHashSet<>();
		groups.add(this.group);
		if (this.details != null) {
			groups.addAll(this.details.supplementaryGroups());
		}
		return groups;
	}

	/**
	 * Return whether the peer is in a group, be it its primary or a supplementary group
	 * (see {@link #groups()}). Cheaper than to look for it among thousands.
	 * @param gid the number of the group
	 * @return {@code true} if it is in the group; the primary group counts if its number
	 * is known
	 */
	public boolean isInGroup(long gid) {
		return (this.gid != null && this.gid == gid) || (this.details != null && this.details.isInGroup(gid));
	}

	/**
	 * Return the process of the peer and what runs it, as {@code /proc} says when it is
	 * first asked for. {@code null} with the JDK's transport, which does not tell the
	 * process, and if the process is gone or is not certainly the one that connected: it
	 * must have the same user and group as then, and must not have started later.
	 * <p>
	 * This does not prove who sends: another process may have been given the connection.
	 * Nor is it out of the question that a process of the same user and group got the
	 * process id of one that connected and was gone before the connection was accepted.
	 * The unit is systemd's word, and users cannot choose it below what systemd has
	 * delegated to them, but a process may be moved to another unit by root, and by the
	 * user between units of its own. The unit of a user's manager, and the id of a
	 * container below it, are chosen by that user.
	 * @return the process, {@code null} if it cannot be told
	 */
	public @Nullable PeerProcess process() {
		return (this.details != null) ? this.details.process() : null;
	}

	/**
	 * Return the name of the peer's user.
	 * @return the name, or the number of a user without a name
	 */
	@Override
	public String getName() {
		return this.user.getName();
	}

	@Override
	public PeerCredentials credentials() {
		return this;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof PeerCredentials that && Objects.equals(this.user, that.user)
				&& Objects.equals(this.group, that.group) && Objects.equals(this.pid, that.pid)
				&& Objects.equals(this.uid, that.uid) && Objects.equals(this.gid, that.gid));
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.user, this.group, this.pid, this.uid, this.gid);
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder("user ").append(this.user.getName())
			.append(", group ")
			.append(this.group.getName());
		if (this.pid != null) {
			text.append(", pid ").append(this.pid);
		}
		return text.toString();
	}

}
