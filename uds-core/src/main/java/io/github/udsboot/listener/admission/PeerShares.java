package io.github.udsboot.listener.admission;

import java.nio.file.attribute.UserPrincipal;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.connection.ThreadShare;

/**
 * Divides the threads and the requests in flight of a listener among its connections and
 * the users other than this process's. Thread-safe.
 */
public final class PeerShares {

	/** The divisor of the requests in flight for a user other than this process's. */
	static final int PARTS_IN_FLIGHT = 4;

	private final Predicate<PeerCredentials> ownUser;

	private final int maxThreads;

	private final int maxInFlightPerUser;

	/**
	 * The users with connections or calls. One that has left nothing is removed when the
	 * next user arrives: calls of closed connections still count.
	 */
	private final Map<UserPrincipal, UserShare> users = new HashMap<>();

	/**
	 * Create the shares of a listener.
	 * @param maxHandlerThreads the number of threads that handlers may occupy
	 * @param maxInFlight the number of requests that may be in flight
	 * @param ownUser whether a peer has no separate share
	 */
	public PeerShares(int maxHandlerThreads, int maxInFlight, Predicate<PeerCredentials> ownUser) {
		this.ownUser = ownUser;
		// half of them, rounded up so that a single thread can be used
		this.maxThreads = (maxHandlerThreads + 1) / 2;
		this.maxInFlightPerUser = maxInFlightPerUser(maxInFlight);
	}

	public static int maxInFlightPerUser(int maxInFlight) {
		return Math.max(1, maxInFlight / PARTS_IN_FLIGHT);
	}

	/** Return the share of a connection, for which {@link #closed} must follow. */
	public PeerShare open(PeerCredentials peer) {
		UserShare user = this.ownUser.test(peer) ? null : connect(peer.user());
		return new PeerShare(ThreadShare.ofConnection(this.maxThreads, (user != null) ? user.threads() : null),
				ThreadShare.ofConnection(this.maxThreads, (user != null) ? user.applicationThreads() : null), user);
	}

	private synchronized UserShare connect(UserPrincipal name) {
		UserShare user = this.users.get(name);
		if (user == null) {
			this.users.values().removeIf(UserShare::isIdle);
			user = new UserShare(this.maxInFlightPerUser, this.maxThreads);
			this.users.put(name, user);
		}
		user.connect(true);
		return user;
	}

	/** Note that a connection is closed. */
	public void closed(@Nullable UserShare user) {
		if (user != null) {
			synchronized (this) {
				user.connect(false);
			}
		}
	}

}
