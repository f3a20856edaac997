package io.github.udsboot.benchmark.load;

import java.util.function.LongSupplier;

/**
 * Counts the items of one stream in the time that counts. Looks at the clock at every
 * 64th item only, which costs more than an item does; the time that is counted begins and
 * ends with such a look, so the rate is exact. Items may come on changing threads, one
 * after the other.
 */
public final class ItemCount {

	static final int LOOK_EVERY = 64;

	private final Payload item;

	/** When to begin to count; the first look after it may come late. */
	private final long notBefore;

	private final long nanos;

	private final LongSupplier clock;

	private long total;

	private long countedBefore;

	private long begin;

	private long end;

	private boolean counting;

	private boolean over;

	ItemCount(Load load, LongSupplier clock) {
		this.item = Payload.ofSize(load.payload());
		this.clock = clock;
		this.notBefore = clock.getAsLong() + load.warmUp().toNanos();
		this.nanos = load.time().toNanos();
	}

	byte[] item() {
		return this.item.bytes();
	}

	/**
	 * Count an item that was taken.
	 * @param item the item
	 * @return whether there is to be another one
	 * @throws IllegalStateException if it is another item than was sent
	 */
	public boolean taken(byte[] item) {
		if (isLook()) {
			this.item.check(item);
		}
		else {
			this.item.checkLength(item);
		}
		return count();
	}

	/**
	 * Count an item that is about to be sent, unless there are enough.
	 * @return whether it is to be sent
	 */
	public boolean sends() {
		return !this.over && count();
	}

	private boolean count() {
		if (isLook()) {
			look(this.clock.getAsLong());
		}
		if (this.over) {
			return false;
		}
		this.total++;
		return true;
	}

	private boolean isLook() {
		return this.total % LOOK_EVERY == 0;
	}

	private void look(long now) {
		if (!this.counting && now - this.notBefore >= 0) {
			this.counting = true;
			this.countedBefore = this.total;
			this.begin = now;
		}
		if (this.counting && now - this.begin >= this.nanos) {
			this.over = true;
			this.end = now;
		}
	}

	long total() {
		return this.total;
	}

	LoadResult result() {
		if (!this.over) {
			throw new IllegalStateException("The stream ended too early, after " + this.total + " items");
		}
		return LoadResult.ofItems(this.total - this.countedBefore, this.total, (this.end - this.begin) / 1e9);
	}

}
