package io.github.udsboot.transport.peer;

import java.nio.file.attribute.GroupPrincipal;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerDetails;
import io.github.udsboot.PeerProcess;

/**
 * The details of one peer, found out when they are first asked for and kept for the life
 * of the connection. Groups are kept as numbers, and their principals shared with other
 * peers: a peer may be in thousands. Thread-safe; threads that ask for the first time
 * together all get what one of them has found.
 */
final class LazyPeerDetails implements PeerDetails {

	private final Supplier<Found> lookup;

	private final Accounts accounts;

	private final AtomicReference<@Nullable Found> found = new AtomicReference<>();

	/**
	 * Create details.
	 * @param lookup finds them out, without throwing anything
	 * @param accounts finds the principals of groups
	 */
	LazyPeerDetails(Supplier<Found> lookup, Accounts accounts) {
		this.lookup = lookup;
		this.accounts = accounts;
	}

	@Override
	public Set<GroupPrincipal> supplementaryGroups() {
		return this.accounts.groups(found().groups());
	}

	@Override
	public boolean isInGroup(long gid) {
		return found().groups().contains(gid);
	}

	@Override
	public @Nullable PeerProcess process() {
		return found().process();
	}

	private Found found() {
		Found known = this.found.get();
		if (known != null) {
			return known;
		}
		Found mine = this.lookup.get();
		Found first = this.found.compareAndExchange(null, mine);
		return (first != null) ? first : mine;
	}

}
