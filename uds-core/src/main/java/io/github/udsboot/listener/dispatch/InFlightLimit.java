package io.github.udsboot.listener.dispatch;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.listener.admission.PeerShare;
import io.github.udsboot.listener.admission.PeerShares;
import io.github.udsboot.listener.admission.UserShare;

/**
 * Counts the requests of a listener that have no outcome, and those of each user other
 * than ours. Thread-safe.
 */
final class InFlightLimit {

	private final int max;

	private final String tooMany;

	private final String tooManyOfUser;

	private final AtomicInteger inFlight = new AtomicInteger();

	/**
	 * Create an instance.
	 * @param listener the name of the listener, for messages
	 * @param max how many requests may be in flight; a user may have a quarter of them
	 */
	InFlightLimit(String listener, int max) {
		this.max = max;
		this.tooMany = "The server has " + max + " unanswered requests, which is the limit: try again"
				+ " later, or raise max-in-flight of the listener '" + listener + "'";
		this.tooManyOfUser = "The server has " + PeerShares.maxInFlightPerUser(max)
				+ " unanswered requests of this user, which is its share: wait for answers, or raise max-in-flight of the"
				+ " listener '" + listener + "', of which a user has a quarter";
	}

	/**
	 * Count a request in, which {@link #release} counts out, unless there are too many.
	 * @param share what its connection may take
	 * @return {@code null}, or what to tell the peer
	 */
	@Nullable String admit(PeerShare share) {
		UserShare user = share.user();
		if (user != null && !user.tryBegin()) {
			return this.tooManyOfUser;
		}
		if (this.inFlight.incrementAndGet() <= this.max) {
			return null;
		}
		this.inFlight.decrementAndGet();
		if (user != null) {
			user.end();
		}
		return this.tooMany;
	}

	/**
	 * Count a request out.
	 * @param share what its connection may take
	 * @return how many are left
	 */
	int release(PeerShare share) {
		UserShare user = share.user();
		if (user != null) {
			user.end();
		}
		return this.inFlight.decrementAndGet();
	}

	int count() {
		return this.inFlight.get();
	}

}
