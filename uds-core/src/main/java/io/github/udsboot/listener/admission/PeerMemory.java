package io.github.udsboot.listener.admission;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.PeerCredentials;
import io.github.udsboot.memory.MemoryAccount;
import io.github.udsboot.memory.MemoryBudget;
import io.github.udsboot.protocol.FrameLimits;

/**
 * The memory that a listener may hold for its peers, and the share of each. Thread-safe.
 */
public final class PeerMemory {

	/**
	 * The memory of a connection with its objects, including what it need not reserve.
	 */
	public static final long CONNECTION_BYTES = 16 << 10;

	/** A frame that grows has two arrays at times. */
	private static final int FRAME_FACTOR = 2;

	private final MemoryBudget budget;

	private final Predicate<PeerCredentials> ownUser;

	private final boolean provenAtOnce;

	private final FrameLimits frameLimits;

	private final FrameLimits frameLimitsOfUser;

	/**
	 * Create the memory of a listener.
	 * @param memory the number of bytes that it may hold
	 * @param limits the limits of a frame
	 * @param provenAtOnce whether a peer may only listen, and never send a first frame
	 * @param ownUser whether a peer has no separate share
	 */
	public PeerMemory(long memory, FrameLimits limits, boolean provenAtOnce, Predicate<PeerCredentials> ownUser) {
		this.budget = new MemoryBudget(memory, (long) FRAME_FACTOR * limits.maxFrameSize());
		this.ownUser = ownUser;
		this.provenAtOnce = provenAtOnce;
		// connections without a first frame never get more than half of the memory
		this.frameLimits = atMost(limits, memory / 2 / FRAME_FACTOR);
		this.frameLimitsOfUser = atMost(limits, this.budget.limitOfUser() / FRAME_FACTOR);
	}

	/**
	 * Lower the limits to what fits, as a frame that never fits must not be waited for.
	 */
	private static FrameLimits atMost(FrameLimits limits, long maxFrameSize) {
		return (limits.maxFrameSize() <= maxFrameSize) ? limits : new FrameLimits((int) maxFrameSize,
				limits.maxMetadataSize(), limits.maxMetadataEntries(), limits.maxRouteLength());
	}

	public FrameLimits frameLimits(PeerCredentials peer) {
		return this.ownUser.test(peer) ? this.frameLimits : this.frameLimitsOfUser;
	}

	/** Return an account for a connection, {@code null} if there is no memory for one. */
	public @Nullable MemoryAccount open(PeerCredentials peer) {
		return this.budget.open(this.ownUser.test(peer) ? null : peer.user(), this.provenAtOnce, CONNECTION_BYTES);
	}

	public long used() {
		return this.budget.used();
	}

	public long limit() {
		return this.budget.limit();
	}

}
