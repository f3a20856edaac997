package io.github.udsboot;

import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;

import org.jspecify.annotations.Nullable;

/**
 * The peer of a connection, as the kernel recorded it when the connection was made
 * ({@code SO_PEERCRED}). Fixed for the life of the connection, even if the peer exits or
 * changes its user.
 *
 * @param user the peer's effective user
 * @param group the peer's effective primary group; supplementary groups are not known
 * @param pid the peer's process id, {@code null} if the transport does not provide it
 * (the JDK's does not), 0 if the process is in another pid namespace; never authorize by
 * it, process ids are reused
 * @param uid the numeric user id, {@code null} if the transport does not provide it
 * @param gid the numeric group id, {@code null} if the transport does not provide it
 */
public record PeerCredentials(UserPrincipal user, GroupPrincipal group, @Nullable Long pid, @Nullable Long uid,
		@Nullable Long gid) {

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
