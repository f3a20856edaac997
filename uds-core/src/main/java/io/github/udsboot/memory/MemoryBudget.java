package io.github.udsboot.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * How much memory a listener holds for its peers at most: frames under way, requests that
 * wait, items of streams, answers that are not read, each with the objects around it. A
 * user other than our own gets a quarter of it, and connections that have not sent a
 * valid frame yet a sixteenth together. The last eighth is for accounts that hold little,
 * so that quick calls go on while a few peers hold the rest. Thread-safe.
 *
 * <p>
 * Anything that can be refused is refused if there is no room:
 * {@link MemoryAccount#tryReserve}. Anything that already exists, such as an answer that
 * a handler has given, is counted in any case, and the account that holds most is
 * evicted: {@link MemoryAccount#reserve(long)}.
 */
public final class MemoryBudget {

	private final MemoryShare all;

	private final MemoryShare unproven;

	private final long limitOfUser;

	/** Up to here an account may take part in what is held, however much it holds. */
	private final long limitOfLargeAccounts;

	/** An account that holds no more than this may take from the last eighth. */
	private final long smallAccount;

	/** The fields below are guarded by the monitor. */
	private final Map<Object, UserShare> users = new HashMap<>();

	private final Set<MemoryAccount> accounts = new LinkedHashSet<>();

	private final Set<MemoryAccount> waiting = new LinkedHashSet<>();

	/**
	 * Create a budget.
	 * @param limit the number of bytes
	 * @param leastForUnproven what connections without a valid frame may hold together
	 * even if it is more than a sixteenth: an allowed first frame must fit
	 */
	public MemoryBudget(long limit, long leastForUnproven) {
		this.all = new MemoryShare(limit);
		this.limitOfUser = limit / 4;
		this.limitOfLargeAccounts = limit - limit / 8;
		this.smallAccount = limit / 128;
		this.unproven = new MemoryShare(Math.min(limit / 2, Math.max(limit / 16, leastForUnproven)));
	}

	/**
	 * Open an account for a connection, unless there is no room for one.
	 * @param user the user to whose share it counts, {@code null} for the own user, who
	 * has none
	 * @param proven whether it does not count among those without a valid frame
	 * @param base the memory of the connection itself
	 * @return the account, or {@code null}
	 */
	public @Nullable MemoryAccount open(@Nullable Object user, boolean proven, long base) {
		synchronized (this) {
			UserShare share = (user != null) ? this.users.get(user) : null;
			if (user != null && share == null) {
				share = new UserShare(user, this.limitOfUser);
			}
			List<MemoryShare> shares = new ArrayList<>();
			shares.add(this.all);
			if (share != null) {
				shares.add(share.share);
			}
			if (!proven) {
				shares.add(this.unproven);
			}
			if (!hasRoom(shares, base)) {
				return null;
			}
			if (share != null) {
				share.accounts++;
				this.users.put(share.user, share);
			}
			MemoryAccount account = new MemoryAccount(this, shares, share, base);
			this.accounts.add(account);
			return account;
		}
	}

	private boolean hasRoom(MemoryAccount account, long bytes) {
		return hasRoom(account.shares(), bytes)
				&& (isSmall(account, bytes) || this.all.used() + bytes <= this.limitOfLargeAccounts);
	}

	private boolean isSmall(MemoryAccount account, long bytes) {
		return account.reserved() + bytes <= this.smallAccount;
	}

	private static boolean hasRoom(List<MemoryShare> shares, long bytes) {
		for (MemoryShare share : shares) {
			if (!share.hasRoom(bytes)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Return how much memory may be held.
	 * @return the number of bytes
	 */
	public long limit() {
		return this.all.limit();
	}

	/**
	 * Return how much memory is held.
	 * @return the approximate number of bytes
	 */
	public synchronized long used() {
		return this.all.used();
	}

	/**
	 * Return how much memory a user other than the own one may hold.
	 * @return the number of bytes
	 */
	public long limitOfUser() {
		return this.limitOfUser;
	}

	// --- for accounts

	boolean tryReserve(MemoryAccount account, long bytes) {
		synchronized (this) {
			if (!hasRoom(account, bytes)) {
				return false;
			}
			account.add(bytes);
			return true;
		}
	}

	boolean reserveOrAwait(MemoryAccount account, long bytes, Runnable granted) {
		synchronized (this) {
			if (hasRoom(account, bytes)) {
				account.add(bytes);
				this.waiting.remove(account);
				return true;
			}
			account.await(bytes, granted);
			this.waiting.add(account);
			return false;
		}
	}

	void reserve(MemoryAccount account, long bytes) {
		List<MemoryAccount> evicted = new ArrayList<>();
		synchronized (this) {
			account.add(bytes);
			for (MemoryShare share : account.shares()) {
				while (!share.willHaveRoom(0) && evictLargest(share, evicted)) {
					// until the remaining ones have room
				}
			}
		}
		evicted.forEach(MemoryAccount::evicted);
	}

	/** Make room for the memory that an account waits for. */
	void evictFor(MemoryAccount account) {
		List<MemoryAccount> evicted = new ArrayList<>();
		synchronized (this) {
			if (!this.waiting.contains(account)) {
				return;
			}
			// what an account that is not small must leave to those that are
			long reserve = isSmall(account, account.awaited()) ? 0 : this.all.limit() - this.limitOfLargeAccounts;
			for (MemoryShare share : account.shares()) {
				if (!share.willHaveRoom(account.awaited() + ((share == this.all) ? reserve : 0))) {
					evictLargest(share, evicted);
				}
			}
		}
		evicted.forEach(MemoryAccount::evicted);
	}

	private boolean evictLargest(MemoryShare share, List<MemoryAccount> evicted) {
		MemoryAccount largest = null;
		for (MemoryAccount account : this.accounts) {
			if (!account.isLeaving() && account.shares().contains(share)
					&& (largest == null || account.reserved() > largest.reserved())) {
				largest = account;
			}
		}
		if (largest == null) {
			return false;
		}
		largest.leave();
		evicted.add(largest);
		return true;
	}

	void release(MemoryAccount account, long bytes) {
		List<Runnable> granted;
		synchronized (this) {
			account.add(-bytes);
			forgetIfUnused(account.user());
			granted = grant();
		}
		granted.forEach(Runnable::run);
	}

	void prove(MemoryAccount account) {
		List<Runnable> granted;
		synchronized (this) {
			account.leaveShare(this.unproven);
			granted = grant();
		}
		granted.forEach(Runnable::run);
	}

	void close(MemoryAccount account, long base) {
		List<Runnable> granted;
		synchronized (this) {
			if (!this.accounts.remove(account)) {
				return;
			}
			this.waiting.remove(account);
			account.add(-base);
			// the rest is held by calls that go on: closing frees nothing more
			account.stay();
			UserShare user = account.user();
			if (user != null) {
				user.accounts--;
				forgetIfUnused(user);
			}
			granted = grant();
		}
		granted.forEach(Runnable::run);
	}

	/** Calls may still hold memory of a user who no longer has a connection. */
	private void forgetIfUnused(@Nullable UserShare user) {
		if (user != null && user.accounts == 0 && user.share.used() == 0) {
			this.users.remove(user.user);
		}
	}

	private List<Runnable> grant() {
		if (this.waiting.isEmpty()) {
			return List.of();
		}
		List<Runnable> granted = new ArrayList<>();
		Iterator<MemoryAccount> accounts = this.waiting.iterator();
		while (accounts.hasNext()) {
			MemoryAccount account = accounts.next();
			if (hasRoom(account, account.awaited())) {
				accounts.remove();
				granted.add(account.granted());
			}
		}
		return granted;
	}

	/** The share of a user, as long as it holds anything. */
	static final class UserShare {

		private final Object user;

		private final MemoryShare share;

		private int accounts;

		private UserShare(Object user, long limit) {
			this.user = user;
			this.share = new MemoryShare(limit);
		}

	}

}
