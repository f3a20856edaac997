package io.github.udsboot.client;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * The calls of one connection that have no outcome yet, in slots that follow from their
 * stream ids. Whoever takes a call out owns its outcome; only one can. Adding happens
 * under the connection's submit lock, everything else on any thread.
 */
final class PendingCalls {

	private static final int MIN_SLOTS = 64;

	private final AtomicReferenceArray<@Nullable PendingCall> slots;

	private final int mask;

	private final int step;

	private final int limit;

	private final AtomicInteger count = new AtomicInteger();

	/**
	 * Create the table.
	 * @param limit how many calls may be pending
	 * @param step the distance between two stream ids
	 */
	PendingCalls(int limit, int step) {
		// at least twice the calls, so that a free slot is found at once
		int size = Math.max(MIN_SLOTS, Integer.highestOneBit(limit * 4 - 1));
		this.slots = new AtomicReferenceArray<>(size);
		this.mask = size - 1;
		this.step = step;
		this.limit = limit;
	}

	int count() {
		return this.count.get();
	}

	/**
	 * Return whether a server would refuse one more.
	 * @return {@code true} if the limit is reached
	 */
	boolean isFull() {
		return this.count.get() >= this.limit;
	}

	/**
	 * Return the first id whose slot is free. There is one unless the table is full.
	 */
	long freeId(long from) {
		long id = from;
		while (this.slots.get(slotOf(id)) != null) {
			id += this.step;
		}
		return id;
	}

	/** Add a call that carries its stream id, which {@link #freeId} found. */
	void add(PendingCall call) {
		// counted before it can be found: whoever removes a call counts it out
		this.count.incrementAndGet();
		this.slots.set(slotOf(call.streamId()), call);
	}

	/** Take the call out that has exactly this id; the slot alone would not tell. */
	@Nullable PendingCall take(long streamId) {
		PendingCall call = this.slots.get(slotOf(streamId));
		return (call != null && call.streamId() == streamId && remove(call)) ? call : null;
	}

	boolean remove(PendingCall call) {
		if (!this.slots.compareAndSet(slotOf(call.streamId()), call, null)) {
			return false;
		}
		this.count.decrementAndGet();
		return true;
	}

	int size() {
		return this.slots.length();
	}

	/**
	 * Return the call in one of the slots.
	 * @param index from 0 to {@link #size()} - 1
	 */
	@Nullable PendingCall at(int index) {
		return this.slots.get(index);
	}

	/**
	 * Return the call whose id lies so many steps before another id.
	 */
	@Nullable PendingCall before(long streamId, int steps) {
		return this.slots.get((slotOf(streamId) - steps) & this.mask);
	}

	private int slotOf(long streamId) {
		return (int) (streamId / this.step) & this.mask;
	}

}
