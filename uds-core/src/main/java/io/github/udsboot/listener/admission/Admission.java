package io.github.udsboot.listener.admission;

import java.nio.file.attribute.UserPrincipal;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.connection.RefusalReason;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.security.PeerAuthorizer;
import io.github.udsboot.security.PeerConnection;

/**
 * Decides which accepted connections stay, so that no peer can take the descriptors of
 * the others. Thread-safe; called once per connect, first frame and close.
 */
public final class Admission {

	/**
	 * The limit of connections without a valid frame so far; beyond it, one gives way.
	 */
	public static final int MAX_UNPROVEN = 64;

	private static final int MAX_REFUSED = 64;

	private static final int RESERVED_DESCRIPTORS = 256;

	private static final int MIN_CONNECTIONS = 16;

	private final String listener;

	private final String address;

	/** Written by any thread; one connect is decided by one. */
	private volatile PeerAuthorizer authorizer;

	private final int maxConnections;

	private final int maxConnectionsPerUser;

	private final PeerAuthorizer ownUser;

	private final Map<UserPrincipal, Integer> perUser = new HashMap<>();

	/** Connections that have not sent a valid frame, the oldest first. */
	private final Map<UserPrincipal, Set<LoopConnection>> unproven = new HashMap<>();

	private int unprovenCount;

	private int connections;

	/**
	 * Create the admission of a listener.
	 * @param listener the name of the listener
	 * @param address the path or abstract name of the listener
	 * @param authorizer decides about peers
	 * @param ownUser whether a peer is of the server's own user, {@code null} for the
	 * user of this process
	 * @param maxConnections the number of connections that there may be
	 * @param maxConnectionsPerUser the number of them that another user may have,
	 * {@code null} for a quarter
	 */
	public Admission(String listener, String address, PeerAuthorizer authorizer, @Nullable PeerAuthorizer ownUser,
			int maxConnections, @Nullable Integer maxConnectionsPerUser) {
		this.listener = listener;
		this.address = address;
		this.authorizer = authorizer;
		this.ownUser = (ownUser != null) ? ownUser : ownUser();
		this.maxConnections = Math.min(maxConnections, descriptorBound());
		this.maxConnectionsPerUser = (maxConnectionsPerUser != null) ? maxConnectionsPerUser
				: Math.max(1, this.maxConnections / 4);
	}

	private static PeerAuthorizer ownUser() {
		try {
			return PeerAuthorizer.ownUser();
		}
		catch (IllegalStateException | IllegalArgumentException ex) {
			// the process's own user then has the limit of the others
			return (peer) -> false;
		}
	}

	private static int descriptorBound() {
		long bound = (DescriptorLimit.get() - RESERVED_DESCRIPTORS) / 2;
		return (int) Math.max(MIN_CONNECTIONS, Math.min(Integer.MAX_VALUE, bound));
	}

	public int maxConnections() {
		return this.maxConnections;
	}

	/**
	 * Return how many refused connections may be open at once while their peers are told.
	 */
	public int maxRefused() {
		return Math.min(MAX_REFUSED, this.maxConnections / 4);
	}

	/**
	 * Count in a connection, unless it must be refused.
	 * @return why it is refused, or {@code null} if it may stay
	 */
	public @Nullable RefusalReason admit(PeerCredentials peer) {
		if (!isAuthorized(peer)) {
			return RefusalReason.UNAUTHORIZED;
		}
		synchronized (this) {
			if (this.connections >= this.maxConnections) {
				return RefusalReason.CONNECTIONS;
			}
			int ofUser = this.perUser.getOrDefault(peer.user(), 0);
			if (ofUser >= this.maxConnectionsPerUser && !isOwnUser(peer)) {
				return RefusalReason.CONNECTIONS_OF_USER;
			}
			// first the step that may fail
			this.perUser.put(peer.user(), ofUser + 1);
			this.connections++;
			return null;
		}
	}

	/**
	 * Let another authorizer decide. Connects that follow are decided by it; those that
	 * were decided before are to be looked at again with {@link #isAuthorized}.
	 */
	public void setAuthorizer(PeerAuthorizer authorizer) {
		this.authorizer = authorizer;
	}

	/**
	 * Return whether the peer's user is the server's own, and so has no separate share.
	 */
	public boolean isOwnUser(PeerCredentials peer) {
		return this.ownUser.isAuthorized(connectionOf(peer));
	}

	/**
	 * Return whether a peer is authorized. One that cannot be checked is refused, and no
	 * other has to wait.
	 */
	public boolean isAuthorized(PeerCredentials peer) {
		try {
			return this.authorizer.isAuthorized(connectionOf(peer));
		}
		catch (Throwable ex) {
			LostFailures.log("Listener '" + this.listener + "' refuses a peer because its PeerAuthorizer failed", ex);
			return false;
		}
	}

	private PeerConnection connectionOf(PeerCredentials peer) {
		return new PeerConnection(this.listener, this.address, peer);
	}

	/**
	 * Count a connection that has not sent a valid frame yet. When there are too many,
	 * the oldest of the user with most of them gives way, so that no user can take the
	 * places of another with fewer. Its socket is read first, so that a peer that has
	 * sent its request is not closed merely because that was not read yet.
	 */
	public void expectFirstFrame(LoopConnection connection) {
		LoopConnection evicted = null;
		synchronized (this) {
			if (connection.isProven() || connection.isClosed()) {
				// its loop was faster
				return;
			}
			this.unproven.computeIfAbsent(connection.peer().user(), (user) -> new LinkedHashSet<>()).add(connection);
			if (++this.unprovenCount > MAX_UNPROVEN) {
				evicted = oldestOfWhoHasMost();
				forget(evicted);
			}
		}
		if (evicted != null) {
			evicted.closeUnlessProven(CloseReason.EVICTED);
		}
	}

	private LoopConnection oldestOfWhoHasMost() {
		int most = 0;
		LoopConnection oldest = null;
		for (Set<LoopConnection> ofUser : this.unproven.values()) {
			if (ofUser.size() >= most) {
				LoopConnection first = ofUser.iterator().next();
				if (ofUser.size() > most || oldest == null || isOwnUser(oldest.peer())) {
					oldest = first;
				}
				most = ofUser.size();
			}
		}
		return Objects.requireNonNull(oldest);
	}

	private void forget(LoopConnection connection) {
		UserPrincipal user = connection.peer().user();
		Set<LoopConnection> ofUser = this.unproven.get(user);
		if (ofUser != null && ofUser.remove(connection)) {
			this.unprovenCount--;
			if (ofUser.isEmpty()) {
				this.unproven.remove(user);
			}
		}
	}

	public synchronized void proven(LoopConnection connection) {
		forget(connection);
	}

	public synchronized void closed(LoopConnection connection) {
		forget(connection);
		takeBack(connection.peer());
	}

	/**
	 * Count out a connection that was admitted, possibly because it could not be set up.
	 */
	public synchronized void takeBack(PeerCredentials peer) {
		this.connections--;
		this.perUser.computeIfPresent(peer.user(), (user, count) -> (count > 1) ? count - 1 : null);
	}

	public synchronized int connections() {
		return this.connections;
	}

}
