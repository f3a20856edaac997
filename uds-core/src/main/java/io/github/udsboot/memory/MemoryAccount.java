package io.github.udsboot.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What one connection holds of a {@link MemoryBudget}. Thread-safe.
 */
public final class MemoryAccount {

	/** Of a connection that has no budget. */
	public static final MemoryAccount UNLIMITED = new MemoryAccount(null, List.of(), null, 0);

	private final @Nullable MemoryBudget budget;

	private final MemoryBudget.@Nullable UserShare user;

	private final long base;

	/** Replaced under the budget's monitor, which guards the fields below as well. */
	private volatile List<MemoryShare> shares;

	private long reserved;

	private boolean leaving;

	private @Nullable Holder holder;

	private long awaited;

	private @Nullable Runnable granted;

	MemoryAccount(@Nullable MemoryBudget budget, List<MemoryShare> shares, MemoryBudget.@Nullable UserShare user,
			long base) {
		this.budget = budget;
		this.shares = List.copyOf(shares);
		this.user = user;
		this.base = base;
		add(base);
	}

	/**
	 * Name the holder, who is asked to go when the account holds most and there is too
	 * little.
	 * @param holder the holder
	 */
	public void heldBy(Holder holder) {
		if (this.budget == null) {
			return;
		}
		boolean late;
		synchronized (this.budget) {
			this.holder = holder;
			late = this.leaving;
		}
		if (late) {
			holder.evict();
		}
	}

	/**
	 * Reserve memory if there is room.
	 * @param bytes the number of bytes
	 * @return {@code false} if there is no room: nothing has changed
	 */
	public boolean tryReserve(long bytes) {
		return this.budget == null || this.budget.tryReserve(this, bytes);
	}

	/**
	 * Reserve memory for what exists already. If that is too much, the accounts that hold
	 * most are asked to go, this one perhaps.
	 * @param bytes the number of bytes
	 */
	public void reserve(long bytes) {
		if (this.budget != null) {
			this.budget.reserve(this, bytes);
		}
	}

	/**
	 * Reserve memory, or have it reserved as soon as there is room. An account waits for
	 * one thing at a time.
	 * @param bytes the number of bytes
	 * @param granted run once the memory is reserved after a wait, on any thread; does
	 * not block
	 * @return {@code false} if the account waits now
	 */
	public boolean reserveOrAwait(long bytes, Runnable granted) {
		return this.budget == null || this.budget.reserveOrAwait(this, bytes, granted);
	}

	/**
	 * Have the account go that holds most of what this one waits for; none if it does not
	 * wait.
	 */
	public void evictForAwaited() {
		if (this.budget != null) {
			this.budget.evictFor(this);
		}
	}

	/**
	 * Give memory back.
	 * @param bytes the number of bytes
	 */
	public void release(long bytes) {
		if (this.budget != null && bytes != 0) {
			this.budget.release(this, bytes);
		}
	}

	/**
	 * Count no longer among those that have not sent a valid frame.
	 */
	public void prove() {
		if (this.budget != null) {
			this.budget.prove(this);
		}
	}

	/**
	 * Return whether little room is left, so that no more should be read at once than has
	 * to be.
	 * @return whether more than three quarters of a share are taken
	 */
	public boolean isTight() {
		for (MemoryShare share : this.shares) {
			if (share.isTight()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The connection is closed. What is still reserved is released by those who hold it.
	 */
	public void close() {
		if (this.budget != null) {
			this.budget.close(this, this.base);
		}
	}

	// --- for the budget, with its monitor

	List<MemoryShare> shares() {
		return this.shares;
	}

	MemoryBudget.@Nullable UserShare user() {
		return this.user;
	}

	long reserved() {
		return this.reserved;
	}

	void add(long bytes) {
		this.reserved += bytes;
		for (MemoryShare share : this.shares) {
			share.add(bytes, this.leaving);
		}
	}

	boolean isLeaving() {
		return this.leaving;
	}

	void leave() {
		this.leaving = true;
		for (MemoryShare share : this.shares) {
			share.leave(this.reserved);
		}
	}

	void stay() {
		if (this.leaving) {
			this.leaving = false;
			for (MemoryShare share : this.shares) {
				share.leave(-this.reserved);
			}
		}
	}

	void leaveShare(MemoryShare share) {
		if (!this.shares.contains(share)) {
			return;
		}
		share.add(-this.reserved, this.leaving);
		List<MemoryShare> rest = new ArrayList<>(this.shares);
		rest.remove(share);
		this.shares = List.copyOf(rest);
	}

	void await(long bytes, Runnable granted) {
		this.awaited = bytes;
		this.granted = granted;
	}

	long awaited() {
		return this.awaited;
	}

	/** Reserve what was waited for, and return what is to be run then. */
	Runnable granted() {
		Runnable granted = Objects.requireNonNull(this.granted);
		this.granted = null;
		add(this.awaited);
		return granted;
	}

	// --- without

	void evicted() {
		Holder holder;
		synchronized (Objects.requireNonNull(this.budget)) {
			holder = this.holder;
		}
		if (holder != null) {
			holder.evict();
		}
	}

	/** Has an account. */
	@FunctionalInterface
	public interface Holder {

		/**
		 * Give all memory back soon. On any thread; does not block.
		 */
		void evict();

	}

}
