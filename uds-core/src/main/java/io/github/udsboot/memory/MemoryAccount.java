package io.github.udsboot.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The memory that one connection holds of a {@link MemoryBudget}. Thread-safe.
 */
public final class MemoryAccount {

	/** The account of a connection without a budget. */
	public static final MemoryAccount UNLIMITED = new MemoryAccount(null, List.of(), null, 0);

	private final @Nullable MemoryBudget budget;

	private final MemoryBudget.@Nullable UserShare user;

	private final long base;

	/**
	 * Replaced while holding the budget's monitor, which also guards the fields below.
	 */
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
	 * Set the holder, which is evicted if memory runs short and this account holds most.
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
	 * @return {@code false} if there is no room; nothing has changed then
	 */
	public boolean tryReserve(long bytes) {
		return this.budget == null || this.budget.tryReserve(this, bytes);
	}

	/**
	 * Reserve memory for something that already exists. If that is too much, the accounts
	 * that hold most are evicted, possibly this one.
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
	 * @param granted run once the memory is reserved after a wait, on any thread; must
	 * not block
	 * @return {@code false} if the account waits now
	 */
	public boolean reserveOrAwait(long bytes, Runnable granted) {
		return this.budget == null || this.budget.reserveOrAwait(this, bytes, granted);
	}

	/**
	 * Evict the account that holds most of what this one waits for; none if it does not
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
	 * Stop counting this account among those that have not sent a valid frame.
	 */
	public void prove() {
		if (this.budget != null) {
			this.budget.prove(this);
		}
	}

	/**
	 * Return whether little room is left, so that no more than necessary should be read
	 * at once.
	 * @return whether more than three quarters of a share are in use
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
	 * Close the account. Memory that is still reserved is released by its holders.
	 */
	public void close() {
		if (this.budget != null) {
			this.budget.close(this, this.base);
		}
	}

	// --- for the budget, holding its monitor

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

	/** Reserve the awaited memory, and return the action to run then. */
	Runnable granted() {
		Runnable granted = Objects.requireNonNull(this.granted);
		this.granted = null;
		add(this.awaited);
		return granted;
	}

	// --- without the monitor

	void evicted() {
		Holder holder;
		synchronized (Objects.requireNonNull(this.budget)) {
			holder = this.holder;
		}
		if (holder != null) {
			holder.evict();
		}
	}

	/** The holder of an account. */
	@FunctionalInterface
	public interface Holder {

		/**
		 * Release all memory soon. Called on any thread; must not block.
		 */
		void evict();

	}

}
