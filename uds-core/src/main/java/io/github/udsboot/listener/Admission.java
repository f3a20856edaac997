package io.github.udsboot.listener;

import java.nio.file.attribute.UserPrincipal;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.connection.CloseReason;
import io.github.udsboot.connection.LoopConnection;
import io.github.udsboot.guard.LostFailures;
import io.github.udsboot.listener.UdsListenerStats.Refusal;
import io.github.udsboot.security.PeerAuthorizer;

/**
 * Decides which accepted connections stay, so that no peer can take the descriptors of
 * the others. Thread-safe; called once per connect, first frame and close.
 */
final class Admission {

	/** Connections that have not sent a valid frame yet; older ones give way. */
	static final int MAX_UNPROVEN = 64;

	private static final int MAX_REFUSED = 64;

	private static final int RESERVED_DESCRIPTORS = 256;

	private static final int MIN_CONNECTIONS = 16;

	private final String listener;

	private final PeerAuthorizer authorizer;

	private final int maxConnections;

	private final int maxConnectionsPerUser;

	private final PeerAuthorizer ownUser = ownUser();

	private final Map<UserPrincipal, Integer> perUser = new HashMap<>();

	private final Set<LoopConnection> unproven = new LinkedHashSet<>();

	private int connections;

	Admission(UdsListenerOptions options) {
		this.listener = options.getName();
		this.authorizer = options.getAuthorizer();
		this.maxConnections = Math.min(options.getMaxConnections(), descriptorBound());
		Integer perUser = options.getMaxConnectionsPerUser();
		this.maxConnectionsPerUser = (perUser != null) ? perUser : Math.max(1, this.maxConnections / 4);
	}

	private static PeerAuthorizer ownUser() {
		try {
			return PeerAuthorizer.ownUser();
		}
		catch (IllegalStateException | IllegalArgumentException ex) {
			// then it has the limit of the others
			return (peer) -> false;
		}
	}

	private static int descriptorBound() {
		long bound = (DescriptorLimit.get() - RESERVED_DESCRIPTORS) / 2;
		return (int) Math.max(MIN_CONNECTIONS, Math.min(Integer.MAX_VALUE, bound));
	}

	int maxConnections() {
		return this.maxConnections;
	}

	/**
	 * Return how many connections that are refused may be open for the moment that it
	 * takes to tell their peers.
	 */
	int maxRefused() {
		return Math.min(MAX_REFUSED, this.maxConnections / 4);
	}

	/**
	 * Count a connection in, unless it must be refused.
	 * @return why it is refused, or {@code null} if it may stay
	 */
	@Nullable Refusal admit(PeerCredentials peer) {
		if (!isAuthorized(peer)) {
			return Refusal.UNAUTHORIZED;
		}
		synchronized (this) {
			if (this.connections >= this.maxConnections) {
				return Refusal.CONNECTIONS;
			}
			int ofUser = this.perUser.getOrDefault(peer.user(), 0);
			if (ofUser >= this.maxConnectionsPerUser && !this.ownUser.isAuthorized(peer)) {
				return Refusal.CONNECTIONS_OF_USER;
			}
			// first what may fail
			this.perUser.put(peer.user(), ofUser + 1);
			this.connections++;
			return null;
		}
	}

	/** Who cannot be checked is refused, and nobody else has to wait. */
	private boolean isAuthorized(PeerCredentials peer) {
		try {
			return this.authorizer.isAuthorized(peer);
		}
		catch (Throwable ex) {
			LostFailures.log("Listener '" + this.listener + "' refuses a peer because its PeerAuthorizer failed", ex);
			return false;
		}
	}

	/**
	 * Count a connection that has not sent a valid frame yet. When there are too many,
	 * one gives way: the oldest of the user that has most of them, unless its frame is
	 * there and only was not read yet.
	 */
	void expectFirstFrame(LoopConnection connection) {
		LoopConnection candidate = null;
		synchronized (this) {
			if (connection.isProven() || connection.isClosed()) {
				// its loop was quicker
				return;
			}
			this.unproven.add(connection);
			if (this.unproven.size() > MAX_UNPROVEN) {
				candidate = oldestOfGreatestUser();
				this.unproven.remove(candidate);
			}
		}
		if (candidate != null) {
			look(candidate);
		}
	}

	private LoopConnection oldestOfGreatestUser() {
		Map<UserPrincipal, Integer> counts = new HashMap<>();
		this.unproven.forEach((connection) -> counts.merge(connection.peer().user(), 1, Integer::sum));
		int greatest = Collections.max(counts.values());
		return this.unproven.stream()
			.filter((connection) -> counts.getOrDefault(connection.peer().user(), 0) == greatest)
			.findFirst()
			.orElseThrow();
	}

	/** Have a connection closed once nothing more of it is there to be read. */
	private static void look(LoopConnection candidate) {
		candidate.loop().execute(() -> {
			if (candidate.isProven() || candidate.isClosed()) {
				return;
			}
			if (candidate.receive()) {
				// looked at again when this is decoded
				look(candidate);
			}
			else {
				candidate.close(CloseReason.EVICTED, null);
			}
		});
	}

	synchronized void proven(LoopConnection connection) {
		this.unproven.remove(connection);
	}

	synchronized void closed(LoopConnection connection) {
		this.unproven.remove(connection);
		takeBack(connection.peer());
	}

	/** Count out a connection that was admitted, be it because it cannot be made. */
	synchronized void takeBack(PeerCredentials peer) {
		this.connections--;
		this.perUser.computeIfPresent(peer.user(), (user, count) -> (count > 1) ? count - 1 : null);
	}

	synchronized int connections() {
		return this.connections;
	}

}
