package io.github.udsboot.client.shared;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

import io.github.udsboot.client.call.RequestForm;
import io.github.udsboot.protocol.EncodedFrame;

/**
 * The calls of one connection that have no outcome yet, in slots that follow from their
 * stream ids. The one thread that takes a call out owns its outcome. Adding happens under
 * the connection's submit lock, everything else on any thread.
 *
 * <p>
 * With a huge limit the number of slots follows the calls there were at once, not those
 * allowed, as a thread that visits all calls visits all slots. While the calls move to
 * more slots, a thread that looks for one waits.
 */
public final class PendingCalls {

	private static final int MIN_SLOTS = 64;

	/** The largest number of slots at first: enough for the default limit. */
	private static final int FIRST_SLOTS = 1024;

	private static final int MAX_SLOTS = 1 << 30;

	/** Marks a slot whose call is in a larger table, or is about to be. */
	private static final PendingCall MOVED = new Moved();

	/** Written under the submit lock. */
	private volatile AtomicReferenceArray<@Nullable PendingCall> slots;

	private final int step;

	private final int limit;

	private final AtomicInteger count = new AtomicInteger();

	/**
	 * Create the table.
	 * @param limit how many calls may be pending
	 * @param step the distance between two stream ids
	 */
	PendingCalls(int limit, int step) {
		this.step = step;
		this.limit = Math.min(limit, MAX_SLOTS / 2);
		// up to four slots per call, so that a long call is seldom in the way
		int calls = Math.min(limit, FIRST_SLOTS / 4);
		this.slots = new AtomicReferenceArray<>(Math.max(MIN_SLOTS, Integer.highestOneBit(calls * 4)));
	}

	int count() {
		return this.count.get();
	}

	/**
	 * Return whether the server would refuse one more call.
	 * @return {@code true} if the limit is reached
	 */
	boolean isFull() {
		return this.count.get() >= this.limit;
	}

	/**
	 * Return the first id whose slot is free. There is one unless the table is full. Call
	 * with the submit lock held.
	 */
	long freeId(long from) {
		AtomicReferenceArray<@Nullable PendingCall> slots = this.slots;
		// at least two slots per call, so that a free slot is found at once
		if (this.count.get() >= slots.length() / 2) {
			slots = grow(slots);
		}
		long id = from;
		while (slots.get(slotOf(slots, id)) != null) {
			id += this.step;
		}
		return id;
	}

	/**
	 * Move to a larger table, in which calls whose slots differ still have different
	 * slots.
	 */
	private AtomicReferenceArray<@Nullable PendingCall> grow(AtomicReferenceArray<@Nullable PendingCall> from) {
		AtomicReferenceArray<@Nullable PendingCall> larger = new AtomicReferenceArray<>(from.length() * 2);
		for (int i = 0; i < from.length(); i++) {
			PendingCall call = from.getAndSet(i, MOVED);
			if (call != null) {
				larger.set(slotOf(larger, call.streamId()), call);
			}
		}
		this.slots = larger;
		return larger;
	}

	/** Add a call that carries its stream id, which {@link #freeId} found. */
	void add(PendingCall call) {
		AtomicReferenceArray<@Nullable PendingCall> slots = this.slots;
		// counted before it can be found: the thread that removes a call counts it out
		this.count.incrementAndGet();
		slots.set(slotOf(slots, call.streamId()), call);
	}

	/** Take out the call that has exactly this id; the slot alone would not tell. */
	@Nullable PendingCall take(long streamId) {
		PendingCall call = find(streamId);
		return (call != null && call.streamId() == streamId && remove(call)) ? call : null;
	}

	private @Nullable PendingCall find(long streamId) {
		while (true) {
			AtomicReferenceArray<@Nullable PendingCall> slots = this.slots;
			PendingCall call = slots.get(slotOf(slots, streamId));
			if (call != MOVED) {
				return call;
			}
			awaitMove(slots);
		}
	}

	boolean remove(PendingCall call) {
		while (true) {
			AtomicReferenceArray<@Nullable PendingCall> slots = this.slots;
			int slot = slotOf(slots, call.streamId());
			if (slots.compareAndSet(slot, call, null)) {
				this.count.decrementAndGet();
				return true;
			}
			if (slots.get(slot) != MOVED) {
				return false;
			}
			awaitMove(slots);
		}
	}

	@SuppressWarnings("ThreadPriorityCheck") // on one processor a spin would keep the
												// awaited thread from running
	private void awaitMove(AtomicReferenceArray<@Nullable PendingCall> from) {
		while (this.slots == from) {
			Thread.yield();
		}
	}

	int size() {
		return this.slots.length();
	}

	/**
	 * Return the call in one of the slots. A caller that must miss none has to ensure
	 * that none is added meanwhile.
	 * @param index from 0 to {@link #size()} - 1
	 */
	@Nullable PendingCall at(int index) {
		while (true) {
			AtomicReferenceArray<@Nullable PendingCall> slots = this.slots;
			PendingCall call = slots.get(index);
			if (call != MOVED) {
				return call;
			}
			awaitMove(slots);
		}
	}

	/**
	 * Return the call whose id lies the given number of steps before another id.
	 */
	@Nullable PendingCall before(long streamId, int steps) {
		return find(streamId - (long) steps * this.step);
	}

	private int slotOf(AtomicReferenceArray<@Nullable PendingCall> slots, long streamId) {
		return (int) (streamId / this.step) & (slots.length() - 1);
	}

	private static final class Moved extends PendingCall {

		private Moved() {
			super(0);
		}

		@Override
		public EncodedFrame encode(long streamId, RequestForm form) {
			throw new IllegalStateException();
		}

		@Override
		boolean canLead() {
			return false;
		}

		@Override
		public void completed() {
			throw new IllegalStateException();
		}

	}

}
